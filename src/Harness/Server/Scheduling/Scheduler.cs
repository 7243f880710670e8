using Gdn.Harness.Server.Caching;
using Gdn.Harness.Server.Generation;
using Gdn.Harness.Speculation;
using Gdn.Reference.Engines;

namespace Gdn.Harness.Server.Scheduling;

/// <summary>
/// Owns the engine on a thread of its own: admits waiting requests to free slots, and runs pass after pass while anybody
/// is being answered.
/// </summary>
internal sealed class Scheduler : IDisposable
{
    private readonly IModelEngine _engine;
    private readonly ServingVocabulary _vocabulary;
    private readonly StateHandling _states;
    private readonly ServerLog _log;
    private readonly RequestQueue _queue;
    private readonly PromptCache _cache;
    private readonly Batcher _batcher;
    private readonly Pass _pass;
    private readonly Slot[] _slots;
    private readonly Thread _thread;
    private ServerTotals _totals;
    private ServerStatus _status;
    private long _requests;

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
        _cache = new PromptCache(engine, states, options.Checkpoints * options.Slots);
        _batcher = new Batcher(options, options.DraftsWithHead ? new HeadDrafts((IDraftingEngine)engine) : new LookupDrafts());
        _pass = new Pass(engine, _cache, states, new LogitJitter(options.Jitter), options.ContextTokens);
        _slots = [.. Enumerable.Range(0, options.Slots).Select(id => new Slot(id))];
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

    /// <summary>Ends running and waiting requests with an error, and the thread.</summary>
    public void Dispose()
    {
        foreach (IJob job in _queue.Stop()) job.Fail(Stopped());
        _thread.Join();
    }

    private void Loop()
    {
        while (_queue.Admit(wait: _slots.All(slot => slot.Answer is null), TryStart))
        {
            foreach (Slot slot in _slots)
                if (slot.Answer is { IsCancelled: true }) Leave(slot);
            Publish();
            RunPass();
            Publish();
        }

        foreach (Slot slot in _slots) slot.Answer?.Fail(Stopped());
        _engine.Dispose();
    }

    private bool TryStart(IJob job) => job switch
    {
        SlotJob work => _slots[work.Slot].Answer is null && Run(job, _slots[work.Slot], work.Run),
        GenerationJob request => TryAnswer(request),
        _ => throw new InvalidOperationException($"Unknown job {job}."),
    };

    private bool TryAnswer(GenerationJob job)
    {
        if (SlotChooser.Choose(job.Request, _slots) is { } free)
            return Run(job, free, slot =>
            {
                int cached = _cache.Prepare(slot.Id, slot.Tokens, job.Request);
                slot.Set(job.Request.Prompt.AsSpan(0, cached));
                slot.Start(new Answer(job, _vocabulary, cached), ++_requests);
                _log.Started(slot.Id, slot.Request, job.Request.Prompt.Length, cached);
            });
        if (job.Request.Slot is { } busy && _states.LoadsIntoBusySlot(job.Request.Prompt)) _cache.Load(busy, job.Request);
        return false;
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
        IReadOnlyList<Piece> pieces = _batcher.Next(_slots);
        if (pieces.Count == 0) return;
        try
        {
            foreach (IReadOnlyList<Piece> pass in PassesOf(pieces))
            {
                _log.Runs(pass);
                _pass.Run(pass);
                _totals = _totals.With(pass);
            }
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            // The states of all slots are unknown now.
            foreach (Slot slot in _slots)
            {
                slot.Answer?.Fail(Failure(e));
                Forget(slot);
            }

            return;
        }

        foreach (Slot slot in _slots)
            if (slot.Answer is { Reason: not null }) Finish(slot);
    }

    // An engine that refuses ragged batches gets a pass for each length.
    private IEnumerable<IReadOnlyList<Piece>> PassesOf(IReadOnlyList<Piece> pieces) =>
        _engine.Info.Capabilities.RaggedBatches == BatchHandling.Refused
            ? pieces.GroupBy(piece => piece.Tokens.Length).Select(group => group.ToArray())
            : [pieces];

    private void Finish(Slot slot)
    {
        GenerationSummary summary = slot.Answer!.Finish(slot.Id, slot.Tokens.Length);
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
        slot.Release();
        slot.Set([]);
        try
        {
            _engine.Clear(slot.Id);
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
        return ApiException.Failed($"The engine failed: {e.Message}");
    }

    private static ApiException Stopped() => ApiException.Unavailable("The server was stopped");

    private void Publish() => Volatile.Write(ref _status, Status());

    private ServerStatus Status() => new([.. _slots.Select(slot => slot.Status)], 0, _totals);
}
