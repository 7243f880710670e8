using Gdn.Harness.Engines.Reference;
using Gdn.Reference.Batches;
using Gdn.Reference.Engines;

namespace Gdn.Properties.Support;

/// <summary>The reference engine with other capabilities: it throws on what it does not declare.</summary>
internal sealed class RestrictedEngine(IModelEngine inner, EngineCapabilities capabilities) : ForwardingEngine(inner)
{
    private readonly CapabilityGuard _guard = new(capabilities);
    private readonly Dictionary<int, IStateSnapshot> _before = [];

    public override EngineInfo Info => base.Info with { Name = "restricted", Capabilities = capabilities };

    /// <summary>How often a whole batch was taken back.</summary>
    public static int WholeBatches { get; private set; }

    public override void Decode(TokenBatch batch, Span<float> logits)
    {
        // What is refused is refused before anything has changed.
        if (!batch.Tokens.ToArray().All(token => token.Token >= 0))
        {
            base.Decode(batch, logits);
            return;
        }

        _guard.Decode(batch);
        if (capabilities.RollsBackWholeBatch)
            foreach (SequenceSlice slice in SequenceDecomposition.Of(batch).Slices)
                if (NextPosition(slice.Sequence) > 0) _before[slice.Sequence] = base.Snapshot(slice.Sequence);
        base.Decode(batch, logits);
    }

    public override void Clear(int sequence)
    {
        _guard.Clear(sequence);
        base.Clear(sequence);
    }

    public override void Copy(int source, int target)
    {
        _guard.Copy(target);
        base.Copy(source, target);
    }

    public override IStateSnapshot Snapshot(int sequence)
    {
        _guard.Snapshot();
        return base.Snapshot(sequence);
    }

    public override void Restore(int sequence, IStateSnapshot snapshot)
    {
        _guard.Restore(sequence);
        base.Restore(sequence, snapshot);
    }

    public override void Rollback(int sequence, int count)
    {
        if (_guard.Rollback(sequence, count))
        {
            WholeBatches++;
            base.Restore(sequence, _before[sequence]);
        }
        else
        {
            base.Rollback(sequence, count);
        }
    }
}

/// <summary>Makes restricted engines.</summary>
internal sealed class RestrictedFactory(EngineCapabilities capabilities) : IEngineFactory
{
    public string Name => "restricted";

    public IModelEngine Create(EngineOptions options) =>
        new RestrictedEngine(new ReferenceModelEngine(options), capabilities);
}
