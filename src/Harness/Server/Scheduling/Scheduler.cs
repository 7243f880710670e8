using Gdn.Harness.Server.Generation;
using Gdn.Reference.Engines;

namespace Gdn.Harness.Server.Scheduling;

/// <summary>
/// Owns the engine on a thread of its own: admits waiting requests to free slots, and runs pass after pass while anybody
/// is being answered.
/// </summary>
internal sealed class Scheduler : IDisposable
{
    private static readonly TimeSpan StopPatience = TimeSpan.FromSeconds(1);
    private readonly IModelEngine _engine;
    private readonly ServingVocabulary _vocabulary;
    private readonly StateHandling _states;
    private readonly ServerLog _log;
    private readonly RequestQueue _queue;
    private readonly SlotRunner _runner;
    private readonly TimeSpan _delay;
    private readonly Thread _thread;
    private ServerTotals _totals;
    private string? _death;
    private ServerStatus _status;

    /// <summary>Starts the thread.</summary>
    /// <param name="engine">The engine; the scheduler disposes of it.</param>
    /// <param name="vocabulary">Its vocabulary.</param>
    /// <param name="options">Sizes.</param>
    /// <param name="states">What happens to states between passes.</param>
    /// <param name="log">Where to report.</param>
    public Scheduler(
        IModelEngine engine, ServingVocabulary vocabulary, ServeOptions options, StateHandling states, ServerLog log)
    {
        _engine = engine;
        _vocabulary = vocabulary;
        _states = states;
        _log = log;
        _queue = new RequestQueue(options.QueueCapacity);
        Files = engine.Info.Capabilities.Snapshots ? new SlotFiles(engine, states) : null;
        _runner = new SlotRunner(engine, options, states);
        _delay = options.Delay;
        _status = Status();
        _thread = new Thread(Loop) { Name = "scheduler", IsBackground = true };
        _thread.Start();
    }

    /// <summary>The server as it was before or after the last pass.</summary>
    public ServerStatus Now => Volatile.Read(ref _status) with { Waiting = _queue.Count };

    /// <summary>States that clients have saved; null where the engine declares no snapshots. Used by the scheduler's thread only.</summary>
    public SlotFiles? Files { get; }

    /// <inheritdoc cref="RequestQueue.Add"/>
    public void Add(IJob job) => _queue.Add(job);

    /// <summary>Cancels a request: it leaves the queue, or its slot before the next pass.</summary>
    public void Cancel(IJob job)
    {
        job.Cancel();
        _queue.Remove(job);
    }

    /// <summary>
    /// Ends running and waiting requests with an error, and the thread; a pass that takes too long ends when it does, with the
    /// engine, and nobody waits for it.
    /// </summary>
    public void Dispose()
    {
        foreach (IJob job in _queue.Stop()) job.Fail(Stopped());
        if (_thread.Join(StopPatience)) return;
        foreach (Slot slot in Slots) AnswerOn(slot)?.Fail(Stopped());
    }

    private IReadOnlyList<Slot> Slots => _runner.Slots;

    private static ServedAnswer? AnswerOn(Slot slot) => (ServedAnswer?)slot.Answer;

    private void Loop()
    {
        while (_queue.Admit(wait: Slots.All(slot => slot.Answer is null), TryStart))
        {
            foreach (Slot slot in Slots)
                if (AnswerOn(slot) is { IsCancelled: true }) Leave(slot);
            Publish();
            RunPass();
            Publish();
        }

        foreach (Slot slot in Slots) AnswerOn(slot)?.Fail(Stopped());
        _engine.Dispose();
    }

    private bool TryStart(IJob job) => job switch
    {
        SlotJob work => Slots[work.Slot].Answer is null && Run(job, Slots[work.Slot], work.Run),
        GenerationJob request => TryAnswer(request),
        _ => throw new InvalidOperationException($"Unknown job {job}."),
    };

    private bool TryAnswer(GenerationJob job)
    {
        if (_runner.FreeFor(job.Request) is not { } free) return false;
        return Run(job, free, slot =>
        {
            _runner.Start(slot, job.Request, cached => new ServedAnswer(job, _vocabulary, cached));
            _log.Started(slot.Id, slot.Request, job.Request.Prompt.Length, slot.Answer!.CachedTokens);
        });
    }

    // On a free slot. Whatever comes of it, the job has left the queue.
    private bool Run(IJob job, Slot slot, Action<Slot> work)
    {
        try
        {
            work(slot);
        }
        catch (ApiException e)
        {
            job.Fail(e);
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            job.Fail(Failure(e));
            Forget(slot);
        }

        return true;
    }

    private void RunPass()
    {
        try
        {
            foreach (IReadOnlyList<Piece> pass in _runner.Next())
            {
                _log.Runs(pass);
                if (_delay > TimeSpan.Zero) Thread.Sleep(_delay);
                _runner.Run(pass);
                _totals = _totals.With(pass);
                _death = null;
            }
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            // The states of all slots are unknown now.
            foreach (Slot slot in Slots)
            {
                AnswerOn(slot)?.Fail(Failure(e));
                Forget(slot);
            }

            return;
        }

        foreach (Slot slot in Slots)
            if (slot.Answer is { Reason: not null }) Finish(slot);
    }

    private void Finish(Slot slot)
    {
        GenerationSummary summary = AnswerOn(slot)!.Finish(slot.Id, slot.Tokens.Length);
        _totals = _totals.With(summary);
        _log.Finished(slot.Id, slot.Request, summary.Reason, summary.AnswerTokens);
        slot.Release();
    }

    private void Leave(Slot slot)
    {
        _log.Cancelled(slot.Id, slot.Request);
        Forget(slot);
        _states.ClientLeft();
    }

    private void Forget(Slot slot)
    {
        try
        {
            _runner.Forget(slot);
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            // An engine that is gone fails the next request too.
            _log.EngineFailed(e.Message);
        }
    }

    private ApiException Failure(Exception e)
    {
        _log.EngineFailed(e.Message);
        if (e is EngineDiedException) _death = e.Message;
        return ApiException.Failed($"The engine failed: {e.Message}");
    }

    private static ApiException Stopped() => ApiException.Unavailable("The server was stopped");

    private void Publish() => Volatile.Write(ref _status, Status());

    private ServerStatus Status() => new([.. Slots.Select(slot => slot.Status)], 0, _totals, _death);
}
