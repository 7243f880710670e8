using Gdn.Reference.Batches;

namespace Gdn.Reference.Engines;

/// <summary>
/// What an engine has done since it was made. An engine that does not count something leaves zero. A split or a fallback is
/// never wrong by itself, but it is slow, and an engine that does it silently has a performance bug: reports show both.
/// </summary>
public readonly record struct EngineCounters
{
    /// <summary>Batches decoded.</summary>
    public long Batches { get; init; }

    /// <summary>Tokens decoded.</summary>
    public long Tokens { get; init; }

    /// <summary>Passes that took several sequences at once: gather, scan, scatter.</summary>
    public long BatchedRuns { get; init; }

    /// <summary>Passes of one sequence directly on its slot.</summary>
    public long InPlaceRuns { get; init; }

    /// <summary>Ragged or interleaved batches that were run in several passes.</summary>
    public long SplitBatches { get; init; }

    /// <summary>Batches of several sequences of equal length, side by side, that were run in several passes all the same.</summary>
    public long Fallbacks { get; init; }

    /// <summary>Passes that reused a compiled plan.</summary>
    public long PlanHits { get; init; }

    /// <summary>Passes that compiled one.</summary>
    public long PlanMisses { get; init; }

    /// <summary>
    /// The counts after one more batch. Several passes are a split, or a fallback if the batch did not need them.
    /// </summary>
    /// <param name="batch">The batch, decomposed.</param>
    /// <param name="passes">Passes that its sequences were divided among.</param>
    public EngineCounters AfterBatch(SequenceDecomposition batch, int passes) => this with
    {
        Batches = Batches + 1,
        Tokens = Tokens + batch.Order.Length,
        SplitBatches = SplitBatches + (passes > 1 && batch.NeedsSplit ? 1 : 0),
        Fallbacks = Fallbacks + (passes > 1 && !batch.NeedsSplit ? 1 : 0),
    };

    /// <summary>Sums, count by count.</summary>
    public static EngineCounters operator +(EngineCounters left, EngineCounters right) => left.Add(right);

    /// <summary>Sums, count by count.</summary>
    public EngineCounters Add(EngineCounters other) => new()
    {
        Batches = Batches + other.Batches,
        Tokens = Tokens + other.Tokens,
        BatchedRuns = BatchedRuns + other.BatchedRuns,
        InPlaceRuns = InPlaceRuns + other.InPlaceRuns,
        SplitBatches = SplitBatches + other.SplitBatches,
        Fallbacks = Fallbacks + other.Fallbacks,
        PlanHits = PlanHits + other.PlanHits,
        PlanMisses = PlanMisses + other.PlanMisses,
    };
}
