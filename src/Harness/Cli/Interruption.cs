using System.Diagnostics;
using System.Runtime.InteropServices;

namespace Gdn.Harness.Cli;

/// <summary>
/// The wish of the user or the system that a command ends. It then reports what it has found so far, for which it has a minute; who
/// asks again after a second gets the process ended at once.
/// </summary>
/// <remarks>
/// Not System.CommandLine's own handling, which fails on a second signal. <c>timeout</c> and many a CI runner send two, one to the
/// process and one to its group, within the same millisecond: those are one wish.
/// </remarks>
internal sealed class Interruption : IDisposable
{
    private static readonly TimeSpan Grace = TimeSpan.FromMinutes(1), SameWish = TimeSpan.FromSeconds(1);

    private readonly CancellationTokenSource _asked = new();
    private readonly PosixSignalRegistration[] _registrations;
    private readonly Lock _lock = new();
    private Stopwatch? _sinceFirst;
    private Timer? _deadline;

    /// <summary>From now on signals that ask for an end are heard here.</summary>
    public Interruption()
    {
        PosixSignal[] signals = [PosixSignal.SIGINT, PosixSignal.SIGTERM, PosixSignal.SIGHUP];
        _registrations = [.. signals.Select(signal => PosixSignalRegistration.Create(signal, Hear))];
    }

    /// <summary>Cancelled by the first signal.</summary>
    public CancellationToken Token => _asked.Token;

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (PosixSignalRegistration registration in _registrations) registration.Dispose();
        lock (_lock) _deadline?.Dispose();
    }

    private void Hear(PosixSignalContext context)
    {
        context.Cancel = true;
        lock (_lock)
        {
            if (_sinceFirst is null)
            {
                _sinceFirst = Stopwatch.StartNew();
                _deadline = new Timer(_ => End(), null, Grace, Timeout.InfiniteTimeSpan);
            }
            else if (_sinceFirst.Elapsed >= SameWish)
            {
                End();
            }
        }

        _asked.Cancel();
    }

    private static void End() => Environment.Exit((int)ExitCode.Inconclusive);
}
