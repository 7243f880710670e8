using Gdn.Harness.Models;
using Gdn.Optimized.Batching;
using Gdn.Optimized.Cpu;
using Gdn.Optimized.State;
using Gdn.Reference.Batches;

namespace Gdn.Harness.Engines;

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
        string name, LoadedModel model, int slots, int planes, Func<CpuEngineOptions, CpuEngineOptions>? setUp = null)
    {
        BatchLimits limits = model.Limits(slots);
        var options = new CpuEngineOptions(slots, limits.MaxBatchTokens, limits.MaxPositions)
        {
            SnapshotPlanes = planes,
            PoisonFreeSlots = true,
        };
        options = setUp?.Invoke(options) ?? options;
        _engine = new CpuEngine(model.Config, model.Weights, options);
        Info = new EngineInfo(
            name, limits.Vocabulary, slots, limits.MaxBatchTokens, limits.MaxPositions, planes, options.StateFormat)
        {
            PoisonsFreeSlots = options.PoisonFreeSlots,
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
            return new EngineCounters(
                counters.Batches, counters.Tokens, counters.BatchedRuns, counters.InPlaceRuns, counters.SplitBatches,
                counters.PlanHits, counters.PlanMisses);
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
