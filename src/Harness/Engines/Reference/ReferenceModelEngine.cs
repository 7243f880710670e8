using Gdn.Reference;
using Gdn.Reference.Batches;
using Gdn.Reference.Engines;
using Gdn.Reference.Models;
using Gdn.Reference.State;

namespace Gdn.Harness.Engines.Reference;

/// <summary>The reference in single precision as an engine: every sequence on its own, nothing to get wrong.</summary>
public sealed class ReferenceModelEngine : IDraftingEngine
{
    private sealed record StateSnapshot(SequenceState State) : IStateSnapshot
    {
        public int NextPosition => State.NextPosition;
    }

    private readonly ReferenceEngine<float> _engine;

    /// <summary>Makes an engine without sequences.</summary>
    /// <param name="options">What it is made for.</param>
    /// <param name="caches">How it keeps keys and values.</param>
    /// <exception cref="InputException">It is to draft a model that has no draft layer.</exception>
    public ReferenceModelEngine(EngineOptions options, StateFormat caches = StateFormat.F32)
    {
        var model = new ReferenceModel<float>(options.Model.Config, options.Model.Weights, caches: caches);
        _engine = new ReferenceEngine<float>(model, options.Limits, options.Planes, options.Drafts);
        CanDraft = options.Drafts && options.Model.RequireDraftLayers().Count > 0;
        Info = new EngineInfo("reference", options.Model.Config.Vocabulary)
        {
            // One token after the other, whatever the batch.
            Capabilities = new EngineCapabilities { IsCutInvariant = true, Caches = caches },
        };
    }

    /// <inheritdoc/>
    public EngineInfo Info { get; }

    /// <inheritdoc/>
    public EngineCounters Counters { get; private set; }

    /// <inheritdoc/>
    public void Decode(TokenBatch batch, Span<float> logits)
    {
        _engine.Decode(batch, logits);
        SequenceDecomposition decomposition = SequenceDecomposition.Of(batch);
        Counters = Counters.AfterBatch(decomposition, passes: decomposition.SequenceCount);
    }

    /// <inheritdoc/>
    public bool CanDraft { get; }

    /// <inheritdoc/>
    public void Draft(ReadOnlySpan<DraftToken> tokens, Span<float> logits) => _engine.Draft(tokens, logits);

    /// <inheritdoc/>
    public int NextPosition(int sequence) => _engine.NextPosition(sequence);

    /// <inheritdoc/>
    public int SlotOf(int sequence) => _engine.SlotOf(sequence);

    /// <inheritdoc/>
    public void Clear(int sequence) => _engine.Clear(sequence);

    /// <inheritdoc/>
    public void Copy(int source, int target) => _engine.Copy(source, target);

    /// <inheritdoc/>
    public IStateSnapshot Snapshot(int sequence) => new StateSnapshot(_engine.Snapshot(sequence));

    /// <inheritdoc/>
    public void Restore(int sequence, IStateSnapshot snapshot) =>
        _engine.Restore(sequence, ((StateSnapshot)snapshot).State);

    /// <inheritdoc/>
    public void Rollback(int sequence, int count) => _engine.Rollback(sequence, count);

    /// <inheritdoc/>
    public void Dispose()
    {
    }
}
