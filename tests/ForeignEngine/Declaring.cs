using Gdn.Reference.Engines;
using Gdn.Reference.State;

namespace Gdn.ForeignEngine;

/// <summary>Declares and counts something else in every field.</summary>
public sealed class Declaring(EngineOptions options) : PlainEngine(options)
{
    public override EngineInfo Info => base.Info with
    {
        Capabilities = new EngineCapabilities
        {
            Rollback = RollbackSupport.OncePerBatch,
            RollbackDepth = 2,
            RollsBackWholeBatch = true,
            Copies = false,
            Snapshots = false,
            RaggedBatches = BatchHandling.Refused,
            InterleavedBatches = BatchHandling.OnePass,
            UniformBatches = BatchHandling.OnePass,
            MaxBatchTokens = 9,
            MaxPositions = 31,
            IsReproducible = false,
            IsCutInvariant = true,
            States = StateFormat.F16,
            Caches = StateFormat.BF16,
            PoisonsFreeSlots = true,
        },
    };

    public override EngineCounters Counters => new()
    {
        Batches = 1,
        Tokens = 2,
        BatchedRuns = 3,
        InPlaceRuns = 4,
        SplitBatches = 5,
        Fallbacks = 6,
        PlanHits = 7,
        PlanMisses = 8,
    };
}
