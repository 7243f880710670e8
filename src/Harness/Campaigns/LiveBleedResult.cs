using Gdn.Harness.Bleed;
using Gdn.Harness.Divergence;
using Gdn.Harness.Reports;
using Gdn.Harness.Traffic;

namespace Gdn.Harness.Campaigns;

/// <summary>One np and scenario.</summary>
/// <param name="Slots">np.</param>
/// <param name="Scenario">The pattern.</param>
/// <param name="Verdict">Its verdict.</param>
/// <param name="Rounds">Rounds judged.</param>
/// <param name="DirtyRounds">Rounds with a corrupted answer.</param>
/// <param name="RateLow">Lower end of the 95% interval of the rate of dirty rounds.</param>
/// <param name="RateHigh">Its upper end.</param>
/// <param name="RateDetectable">The rate that this many rounds show with 95% probability.</param>
/// <param name="Requests">Requests.</param>
/// <param name="Tokens">Tokens answered.</param>
/// <param name="RowsCompared">Positions whose tokens and log-probabilities were compared.</param>
/// <param name="Ties">Near-ties, after which the comparison went on.</param>
/// <param name="Undecided">Answers that could not be judged.</param>
/// <param name="Overlap">The most requests answered at the same time.</param>
/// <param name="Basis">What the verdict is based on.</param>
public sealed record LiveBleedRow(
    int Slots, Scenario Scenario, Verdict Verdict, int Rounds, int DirtyRounds, double RateLow, double RateHigh,
    double RateDetectable, int Requests, long Tokens, long RowsCompared, int Ties, int Undecided, int Overlap, string Basis)
{
    /// <summary>Whether the server lacks what the row is about; it then does not count.</summary>
    public bool IsSkipped { get; init; }
}

/// <summary>What a sweep has shown.</summary>
/// <param name="Noise">How much the server's log-probabilities move anyway; null if it could not be measured.</param>
/// <param name="Control">Whether a bleed would show; null if it was not tried.</param>
/// <param name="Rows">One per np and scenario, in that order.</param>
/// <param name="Dirty">The first dirty round of each scenario, at the smallest np.</param>
/// <param name="Failure">What ended the sweep early; null if it ran to its end or was interrupted.</param>
public sealed record LiveBleedResult(
    NoiseFloor? Noise, PositiveControl? Control, IReadOnlyList<LiveBleedRow> Rows, IReadOnlyList<RoundResult> Dirty,
    Exception? Failure)
{
    /// <summary>Which prompts the server caches; null if no scenario needed to know.</summary>
    internal PromptCaching? Caching { get; init; }

    /// <summary>Why np and scenarios that were asked for were not tried, in words; null if all were.</summary>
    public string? Stopped { get; init; }

    /// <summary>What the reference allows, in words; null where answers are compared with the server's own alone.</summary>
    public string? Oracle { get; init; }

    /// <summary>Whether answers are wrong that had the server to themselves.</summary>
    public bool IsWrongAlone => Dirty.Any(dirty =>
        dirty.Round.Scenario == Scenario.Solo || dirty.Victims.Any(victim => victim.IsAlone));

    /// <summary>The noise of prompts in company, where it was needed to tell it from a bleed; else null.</summary>
    public NoiseFloor? NoiseInCompany { get; init; }
}
