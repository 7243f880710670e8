using Gdn.Optimized.Batching;
using Gdn.Optimized.Cpu;
using Gdn.Optimized.State;
using Gdn.Reference.Batches;
using Gdn.Reference.Engines;

namespace Gdn.Harness.Engines.Cpu;

/// <summary>The batched CPU engine, clean or with a planted fault.</summary>
public sealed class CpuModelEngine : IModelEngine
{
    private sealed record StateSnapshot(SlotSnapshot State) : IStateSnapshot
    {
        public int NextPosition => State.NextPosition;
    }

    private readonly CpuEngine _engine;

    /// <summary>Makes an engine without sequences.</summary>
    /// <param name="setUp">Turns the options of a plain engine into those of this one.</param>
    public CpuModelEngine(
        string name, EngineOptions options, Func<CpuEngineOptions, CpuEngineOptions>? setUp = null)
    {
        var own = new CpuEngineOptions(options.Slots, options.MaxBatchTokens, options.MaxPositions)
        {
            SnapshotPlanes = options.Planes,
            PoisonFreeSlots = true,
        };
        own = setUp?.Invoke(own) ?? own;
        _engine = new CpuEngine(options.Model.Config, options.Model.Weights, own);
        Info = new EngineInfo(name, options.Model.Config.Vocabulary)
        {
            Capabilities = new EngineCapabilities { States = own.StateFormat, PoisonsFreeSlots = own.PoisonFreeSlots },
        };
    }

    /// <inheritdoc/>
    public EngineInfo Info { get; }

    /// <inheritdoc/>
    public EngineCounters Counters
    {
        get
        {
            RunCounters counters = _engine.Counters;
            return new EngineCounters
            {
                Batches = counters.Batches,
                Tokens = counters.Tokens,
                BatchedRuns = counters.BatchedRuns,
                InPlaceRuns = counters.InPlaceRuns,
                SplitBatches = counters.SplitBatches,
                PlanHits = counters.PlanHits,
                PlanMisses = counters.PlanMisses,
            };
        }
    }

    /// <inheritdoc/>
    public void Decode(TokenBatch batch, Span<float> logits) => _engine.Decode(batch, logits);

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
    public void Dispose() => _engine.Dispose();
}
