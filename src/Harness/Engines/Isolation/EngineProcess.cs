using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;
using System.IO.Pipes;
using Gdn.Reference;
using Gdn.Reference.Engines;
using Gdn.Reference.Kernels;

namespace Gdn.Harness.Engines.Isolation;

/// <summary>
/// A child process of the tool in which a foreign engine runs: whatever the engine does to its process, this one goes on.
/// Standard input is the child's lifeline: when it ends, so does the child. What the engine starts ends with it. Not thread-safe.
/// </summary>
internal sealed class EngineProcess : IDisposable
{
    private const string Remedy = "use a complete installation of the tool";
    private static readonly TimeSpan StartLimit = TimeSpan.FromMinutes(1), ExitPatience = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan LoadAllowance = TimeSpan.FromSeconds(10);

    // Bytes of an answer that are not results: texts, positions, what an engine says of itself.
    private const long MostBeside = 1 << 20;

    private readonly Process _process;
    private readonly Channel _channel;
    private readonly ProcessOutput _output;
    private readonly CancellationToken _cancellation;
    private readonly Watchdog _watchdog;
    private bool _dead, _called;

    private EngineProcess(Process process, Stream stream, CancellationToken cancellation)
    {
        _process = process;
        _channel = new Channel(stream);
        _output = new ProcessOutput(process.StandardOutput, process.StandardError);
        _cancellation = cancellation;
        _watchdog = new Watchdog(process.Id, Kill, Abandon);
        // What it leaves behind may hold the channel open, and nobody would answer.
        process.Exited += (_, _) => EngineFamilies.EndStrays();
        process.EnableRaisingEvents = true;
    }

    /// <summary>Whether a call may still be answered.</summary>
    public bool IsAlive => !_dead && !HasHung && !_process.HasExited;

    /// <summary>Whether a call was not answered in time.</summary>
    public bool HasHung => _watchdog.HasBitten;

    /// <summary>Starts a process.</summary>
    /// <param name="engine">The engine's name on the command line.</param>
    /// <param name="cancellation">Ends the wait; later, turns the failure of a call into a cancellation.</param>
    /// <exception cref="EnvironmentException">It does not start.</exception>
    public static EngineProcess Start(string engine, CancellationToken cancellation)
    {
        string name = "gdn-" + Guid.NewGuid().ToString("n")[..16];
        var pipe = new NamedPipeServerStream(
            name, PipeDirection.InOut, 1, PipeTransmissionMode.Byte, PipeOptions.Asynchronous | PipeOptions.CurrentUserOnly);
        Process? process = null;
        try
        {
            process = EngineFamilies.Start(EngineHostProcess.StartInfo(name, engine));
            using var waiting = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
            waiting.CancelAfter(StartLimit);
            Task connected = pipe.WaitForConnectionAsync(waiting.Token);
            Task.WhenAny(connected, process.WaitForExitAsync(waiting.Token)).GetAwaiter().GetResult();
            if (!connected.IsCompletedSuccessfully) throw NotStarted(process);
            waiting.Cancel();
            return new EngineProcess(process, pipe, cancellation);
        }
        catch (Exception e)
        {
            pipe.Dispose();
            if (process is not null) EngineFamilies.End(process);
            process?.Dispose();
            cancellation.ThrowIfCancellationRequested();
            if (e is not (Win32Exception or IOException)) throw;
            throw new EnvironmentException($"engine '{engine}'", $"its process did not start ({e.Message})", Remedy, e);
        }
    }

    /// <summary>Begins a request; write its arguments, then <see cref="Call"/>.</summary>
    public Channel Begin(Request request)
    {
        _channel.Discard();
        _channel.Write(request);
        return _channel;
    }

    /// <summary>Sends the request and waits for the answer, which can then be read.</summary>
    /// <param name="limit">How long it may take (<see cref="CallPatience"/>).</param>
    /// <param name="loads">Whether it reads a model, which may take longer.</param>
    /// <param name="results">Numbers of four bytes that the answer holds at most, beside what every answer does.</param>
    /// <exception cref="EngineDiedException">The process is gone, or had to be ended.</exception>
    /// <exception cref="EngineThrewException">The engine threw.</exception>
    /// <exception cref="InputException">The engine threw it.</exception>
    /// <exception cref="OperationCanceledException">The process was ended by cancellation.</exception>
    public Channel Call(TimeSpan limit, bool loads = false, long results = 0)
    {
        // The first call loads the engine.
        if (loads || !_called) limit += LoadAllowance;
        _called = true;
        _output.Clear();
        _watchdog.Begin(limit);
        try
        {
            _channel.Send();
            _channel.Receive(MostBeside + sizeof(float) * results);
            return Answer();
        }
        catch (Exception e) when (e is IOException or ObjectDisposedException or InvalidDataException)
        {
            throw Died(limit);
        }
        finally
        {
            _watchdog.End();
        }
    }

    /// <summary>Ends the process, from any thread.</summary>
    public void Kill() => EngineFamilies.Kill(_process);

    /// <summary>The same without waiting for it: a call that is in progress fails at once.</summary>
    public void Abandon()
    {
        Kill();
        _channel.Dispose();
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        EngineFamilies.End(_process);
        _watchdog.Dispose();
        _channel.Dispose();
        _process.Dispose();
    }

    private static EnvironmentException NotStarted(Process process) => new(
        "engine host",
        process.HasExited
            ? $"it ended at once: {process.StandardError.ReadToEnd().Trim().ReplaceLineEndings(" ")}"
            : "it does not answer",
        Remedy);

    private Channel Answer() => _channel.Read<Reply>() switch
    {
        Reply.Done => _channel,
        Reply.Refused => throw new InputException(_channel.ReadString(), _channel.ReadString(), _channel.ReadString()),
        Reply.EnvironmentFailed =>
            throw new EnvironmentException(_channel.ReadString(), _channel.ReadString(), _channel.ReadString()),
        Reply.StrayWrite => throw new StrayWriteException(_channel.ReadString()),
        Reply.Threw => throw new EngineThrewException(_channel.ReadString(), _channel.ReadString()),
        var other => throw new InvalidDataException($"Unknown reply {other}."),
    };

    private Exception Died(TimeSpan limit)
    {
        _dead = true;
        if (_cancellation.IsCancellationRequested) return new OperationCanceledException(_cancellation);
        if (HasHung)
            return new EngineDiedException(
                EngineDeath.Hang,
                string.Create(
                    CultureInfo.InvariantCulture, $"no answer within {limit.TotalSeconds:0.###} s; the process was ended")
                + LastWords());

        bool ended = _process.WaitForExit(ExitPatience);
        Kill();
        return new EngineDiedException(
            EngineDeath.Crash,
            $"the engine's process {(ended ? ExitStatus.Describe(_process.ExitCode) : "closed the connection")}{LastWords()}");
    }

    private string LastWords() => _output.LastLines() is { Length: > 0 } words ? $", printing '{words}'" : "";
}
