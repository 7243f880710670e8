namespace Gdn.Reference.Engines;

/// <summary>Counts since an engine was made. An engine that does not count leaves zeros.</summary>
/// <param name="Batches">Batches decoded.</param>
/// <param name="Tokens">Tokens decoded.</param>
/// <param name="BatchedRuns">Runs that took several sequences at once (gather, scan, scatter).</param>
/// <param name="InPlaceRuns">Runs of one sequence directly on its slot.</param>
/// <param name="SplitBatches">Batches that had to be split per whole sequence, being interleaved or ragged.</param>
/// <param name="PlanHits">Batched runs that reused a compiled plan.</param>
/// <param name="PlanMisses">Batched runs that compiled one.</param>
public readonly record struct EngineCounters(
    long Batches, long Tokens, long BatchedRuns, long InPlaceRuns, long SplitBatches, long PlanHits, long PlanMisses);
