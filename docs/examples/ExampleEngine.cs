using Gdn.Reference.Batches;
using Gdn.Reference.Engines;
using Gdn.Reference.Models;
using Gdn.Reference.State;

namespace Example;

/// <summary>
/// A model engine that passes, and a frame for yours: one token at a time. It cannot roll back, says so, and is never asked to.
/// </summary>
public sealed class ExampleEngine(EngineOptions options) : IModelEngine
{
    private sealed record StateSnapshot(SequenceState State) : IStateSnapshot
    {
        public int NextPosition => State.NextPosition;
    }

    private readonly ReferenceModel<float> _model = new(options.Model.Config, options.Model.Weights);
    private readonly Dictionary<int, SequenceState> _states = [];

    /// <inheritdoc/>
    public EngineInfo Info { get; } = new("example", options.Model.Config.Vocabulary)
    {
        Capabilities = new EngineCapabilities { Rollback = RollbackSupport.None, IsCutInvariant = true },
    };

    /// <inheritdoc/>
    public void Decode(TokenBatch batch, Span<float> logits)
    {
        BatchValidator.Check(batch, options.Limits, NextPosition, options.Slots - _states.Count);
        int vocabulary = Info.Vocabulary, row = 0;
        foreach (BatchToken token in batch.Tokens)
        {
            if (token.Position == 0) _states[token.Sequence] = _model.NewState();
            float[] hidden = _model.Forward(_states[token.Sequence], [token.Token]);
            if (token.Output) _model.Logits(hidden, logits.Slice(vocabulary * row++, vocabulary));
        }
    }

    /// <inheritdoc/>
    public int NextPosition(int sequence) => _states.TryGetValue(sequence, out SequenceState? state) ? state.NextPosition : 0;

    /// <inheritdoc/>
    public void Clear(int sequence) => _states.Remove(sequence);

    /// <inheritdoc/>
    public void Copy(int source, int target) => _states[target] = _states[source].Copy();

    /// <inheritdoc/>
    public IStateSnapshot Snapshot(int sequence) => new StateSnapshot(_states[sequence].Copy());

    /// <inheritdoc/>
    public void Restore(int sequence, IStateSnapshot snapshot) => _states[sequence] = ((StateSnapshot)snapshot).State.Copy();

    /// <inheritdoc/>
    public void Dispose()
    {
    }
}
