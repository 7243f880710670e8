namespace Gdn.Optimized.Batching;

/// <summary>What has happened since an engine was made.</summary>
/// <param name="Batches">Batches decoded.</param>
/// <param name="Tokens">Tokens decoded.</param>
/// <param name="BatchedRuns">Runs of several sequences at once: gather, scan, scatter.</param>
/// <param name="InPlaceRuns">Runs of one sequence directly on its slot.</param>
/// <param name="SplitBatches">Batches split per whole sequence, being interleaved or ragged.</param>
/// <param name="PlanHits">Batched runs that used a plan again.</param>
/// <param name="PlanMisses">Batched runs that compiled one.</param>
public readonly record struct RunCounters(
    long Batches, long Tokens, long BatchedRuns, long InPlaceRuns, long SplitBatches, long PlanHits, long PlanMisses);
