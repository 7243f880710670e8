using System.Diagnostics;

namespace Gdn.Harness.Engines.Isolation;

/// <summary>
/// Looks at an engine's process while it is asked something, and ends it when that hangs (<see cref="CallPatience"/>).
/// </summary>
internal sealed class Watchdog : IDisposable
{
    private static readonly TimeSpan LeastInterval = TimeSpan.FromMilliseconds(1);
    private readonly int _process;
    private readonly Action _end, _giveUp;
    private readonly Timer _timer;
    private readonly Lock _lock = new();
    private CallPatience? _patience;
    private long _start;

    /// <summary>Sleeps.</summary>
    /// <param name="process">The process.</param>
    /// <param name="end">Ends it, which makes the call fail.</param>
    /// <param name="giveUp">Makes the call fail although the process does not end, as when a driver holds it.</param>
    public Watchdog(int process, Action end, Action giveUp)
    {
        (_process, _end, _giveUp) = (process, end, giveUp);
        _timer = new Timer(_ => Look());
    }

    /// <summary>Whether it has ended the process.</summary>
    public bool HasBitten { get; private set; }

    /// <summary>A call begins.</summary>
    public void Begin(TimeSpan limit)
    {
        lock (_lock) (_patience, _start) = (new CallPatience(limit), Stopwatch.GetTimestamp());
        TimeSpan interval = limit / CallPatience.Looks;
        if (interval < LeastInterval) interval = LeastInterval;
        _timer.Change(interval, interval);
    }

    /// <summary>The call has ended.</summary>
    public void End()
    {
        _timer.Change(Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        lock (_lock) _patience = null;
    }

    /// <inheritdoc/>
    public void Dispose() => _timer.Dispose();

    private void Look()
    {
        Action bite;
        lock (_lock)
        {
            if (_patience?.IsOver(Stopwatch.GetElapsedTime(_start), ProcessLoad.Of(_process)) is not true) return;
            (bite, HasBitten) = (HasBitten ? _giveUp : _end, true);
        }

        bite();
    }
}
