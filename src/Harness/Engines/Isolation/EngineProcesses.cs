using Gdn.Reference.Engines;

namespace Gdn.Harness.Engines.Isolation;

/// <summary>
/// The processes of one foreign engine. Each serves one user at a time, so that a death is nobody else's; processes that come
/// back alive are used again. Thread-safe.
/// </summary>
internal sealed class EngineProcesses : IDisposable
{
    // An engine that has hung once has lost its credit: later calls must answer sooner, or a campaign would take hours.
    private const int LostCredit = 10;
    private static readonly TimeSpan LeastLimit = TimeSpan.FromSeconds(1);

    private readonly string _engine;
    private readonly IsolationOptions _options;
    private readonly Lock _lock = new();
    private readonly Stack<EngineProcess> _idle = [];
    private readonly HashSet<EngineProcess> _all = [];
    private readonly CancellationTokenRegistration _registration;
    private volatile bool _hasHung;
    private readonly LoadingDeaths _loadingDeaths = new();

    /// <summary>No process runs yet.</summary>
    /// <param name="engine">The engine's name on the command line.</param>
    /// <param name="options">Limits.</param>
    public EngineProcesses(string engine, IsolationOptions options)
    {
        (_engine, _options) = (engine, options);
        _registration = options.Cancellation.Register(KillAll);
    }

    /// <summary>How long a call may take.</summary>
    public TimeSpan CallLimit
    {
        get
        {
            TimeSpan limit = _options.CallLimit, reduced = limit / LostCredit;
            return !_hasHung || limit < LeastLimit ? limit : reduced < LeastLimit ? LeastLimit : reduced;
        }
    }

    /// <summary>
    /// Loads a model in a process that was taken. An engine that dies of it is not asked for ever: it would die again, each time at the
    /// cost of a process, or of all the time that a call may take.
    /// </summary>
    /// <param name="process">The process; the request is written.</param>
    /// <param name="model">The model's file.</param>
    /// <exception cref="EngineDiedException">It died of it, or would.</exception>
    public Channel Load(EngineProcess process, string model)
    {
        if (_loadingDeaths.Expected(model) is { } before) throw before;
        try
        {
            Channel reply = process.Call(CallLimit, loads: true);
            _loadingDeaths.Survived(model);
            return reply;
        }
        catch (EngineDiedException e)
        {
            _loadingDeaths.Add(model, e);
            throw;
        }
    }

    /// <summary>Takes a process, an idle one or a new one.</summary>
    public EngineProcess Take()
    {
        lock (_lock)
            while (_idle.TryPop(out EngineProcess? idle))
            {
                if (idle.IsAlive) return idle;
                Remove(idle);
            }

        EngineProcess started = EngineProcess.Start(_engine, _options.Cancellation);
        lock (_lock) _all.Add(started);
        // Cancelled while it started: nobody else would end it.
        if (_options.Cancellation.IsCancellationRequested) started.Abandon();
        return started;
    }

    /// <summary>Gives a process back, dead or alive.</summary>
    public void Give(EngineProcess process)
    {
        _hasHung |= process.HasHung;
        lock (_lock)
        {
            if (process.IsAlive) _idle.Push(process);
            else Remove(process);
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _registration.Dispose();
        lock (_lock)
            foreach (EngineProcess process in _all.ToArray()) Remove(process);
    }

    private void KillAll()
    {
        lock (_lock)
            foreach (EngineProcess process in _all) process.Abandon();
    }

    private void Remove(EngineProcess process)
    {
        _all.Remove(process);
        process.Dispose();
    }
}
