using Gdn.Harness.Findings;
using Gdn.Harness.Traffic;
using Gdn.Reference.Engines;

namespace Gdn.Harness.Campaigns;

/// <summary>One np and scenario.</summary>
/// <param name="Slots">np.</param>
/// <param name="Scenario">The pattern.</param>
/// <param name="Rounds">Rounds run.</param>
/// <param name="DirtyRounds">Rounds in which a sequence answered otherwise than solo.</param>
/// <param name="Sequences">Requests, over all rounds.</param>
/// <param name="Tokens">Tokens fed, over all rounds.</param>
/// <param name="Rows">Rows of logits compared.</param>
/// <param name="WrongRows">Rows that differ.</param>
public sealed record BleedRow(
    int Slots, Scenario Scenario, int Rounds, int DirtyRounds, int Sequences, long Tokens, long Rows, long WrongRows)
{
    /// <summary>Dirty rounds that show a known finding.</summary>
    public int KnownRounds { get; init; }
}

/// <summary>What a sweep has shown.</summary>
/// <param name="Rows">One per np and scenario.</param>
/// <param name="Findings">Dirty rounds, shrunk: the first of each scenario, but for what is known.</param>
/// <param name="Completed">Whether every round was run.</param>
/// <param name="Counters">What the engine counted in the rounds.</param>
/// <param name="Undeclared">What was left out of rounds because the engine does not declare it, in words.</param>
public sealed record BleedResult(
    IReadOnlyList<BleedRow> Rows, IReadOnlyList<Finding> Findings, bool Completed, EngineCounters Counters,
    IReadOnlyCollection<string> Undeclared)
{
    /// <summary>Why np and scenarios that were asked for were not tried, in words; null if all were.</summary>
    public string? Stopped { get; init; }
}
