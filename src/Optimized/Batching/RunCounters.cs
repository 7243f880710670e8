namespace Gdn.Optimized.Batching;

/// <summary>What has happened since an engine was made.</summary>
/// <param name="Batches">Batches decoded.</param>
/// <param name="Tokens">Tokens decoded.</param>
/// <param name="BatchedRuns">Runs of several sequences at once: gather, scan, scatter.</param>
/// <param name="InPlaceRuns">Runs of one sequence directly on its slot.</param>
/// <param name="SplitBatches">Batches split per whole sequence, being interleaved or ragged.</param>
/// <param name="PlanHits">Batched runs that used a plan again.</param>
/// <param name="PlanMisses">Batched runs that compiled one.</param>
/// <param name="RowsGathered">State rows copied out of the pool for a run, conv windows and S together as one.</param>
/// <param name="MasksApplied">State rows zeroed instead, for a sequence that starts.</param>
/// <param name="RowsScattered">State rows copied back.</param>
/// <param name="BytesCopied">What gathering and scattering moved, as single precision.</param>
public readonly record struct RunCounters(
    long Batches, long Tokens, long BatchedRuns, long InPlaceRuns, long SplitBatches, long PlanHits, long PlanMisses,
    long RowsGathered, long MasksApplied, long RowsScattered, long BytesCopied);
