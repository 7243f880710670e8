namespace Gdn.Harness.Metrics;

/// <summary>
/// What a ratio of durations means for the first of the two, judged by its whole confidence interval against a margin.
/// </summary>
public enum RatioVerdict
{
    /// <summary>It takes less time, by more than the margin.</summary>
    Faster,

    /// <summary>It takes longer, by more than the margin.</summary>
    Slower,

    /// <summary>The difference is within the margin.</summary>
    Equivalent,

    /// <summary>The interval reaches across an end of the margin. More rounds, or a quieter machine, would decide.</summary>
    Inconclusive,
}
