using Gdn.Harness.Server.Caching;
using Gdn.Harness.Server.Generation;
using Gdn.Harness.Speculation;
using Gdn.Reference.Engines;

namespace Gdn.Harness.Server.Scheduling;

/// <summary>Answers requests on slots: takes them in, makes passes of what the slots need next, and runs them.</summary>
internal sealed class SlotRunner
{
    private readonly IModelEngine _engine;
    private readonly StateHandling _states;
    private readonly PromptCache _cache;
    private readonly Batcher _batcher;
    private readonly Pass _pass;
    private long _requests;

    /// <summary>Makes free slots.</summary>
    /// <param name="engine">The engine, without sequences.</param>
    /// <param name="options">Sizes.</param>
    /// <param name="states">What happens to states between passes.</param>
    public SlotRunner(IModelEngine engine, ServeOptions options, StateHandling states)
    {
        (_engine, _states) = (engine, states);
        _cache = new PromptCache(engine, states, options.Checkpoints * options.Slots);
        _batcher = new Batcher(options, options.DraftsWithHead ? new HeadDrafts((IDraftingEngine)engine) : new LookupDrafts());
        _pass = new Pass(engine, _cache, states, new LogitJitter(options.Jitter), options.ContextTokens);
        Slots = [.. Enumerable.Range(0, options.Slots).Select(id => new Slot(id))];
    }

    /// <summary>The slots.</summary>
    public IReadOnlyList<Slot> Slots { get; }

    /// <summary>The free slot that is to answer a request; null if there is none now.</summary>
    public Slot? FreeFor(GenerationRequest request)
    {
        Slot? free = SlotChooser.Choose(request, Slots);
        if (free is null && request.Slot is { } busy && _states.LoadsIntoBusySlot(request.Prompt)) _cache.Load(busy, request);
        return free;
    }

    /// <summary>Begins to answer on a free slot.</summary>
    /// <param name="slot">The slot.</param>
    /// <param name="request">The request.</param>
    /// <param name="answer">Makes the answer, given how many tokens of the prompt need not be read.</param>
    public void Start(Slot slot, GenerationRequest request, Func<int, Answer> answer)
    {
        int cached = _cache.Prepare(slot.Id, slot.Tokens, request);
        slot.Set(request.Prompt.AsSpan(0, cached));
        slot.Start(answer(cached), ++_requests);
    }

    /// <summary>The passes that come next, each a list of pieces; none when no slot is busy.</summary>
    public IEnumerable<IReadOnlyList<Piece>> Next()
    {
        IReadOnlyList<Piece> pieces = _batcher.Next(Slots);
        if (pieces.Count == 0) return [];
        // An engine that refuses ragged batches gets a pass for each length.
        return _engine.Info.Capabilities.RaggedBatches == BatchHandling.Refused
            ? pieces.GroupBy(piece => piece.Tokens.Length).Select(group => group.ToArray())
            : [pieces];
    }

    /// <inheritdoc cref="Pass.Run"/>
    public void Run(IReadOnlyList<Piece> pass) => _pass.Run(pass);

    /// <summary>Frees a slot, and its state with it.</summary>
    public void Forget(Slot slot)
    {
        slot.Release();
        slot.Set([]);
        _engine.Clear(slot.Id);
    }
}
