using Gdn.Harness.Perplexity;
using Gdn.Reference.Engines;

namespace Gdn.Harness.Campaigns;

/// <summary>An engine's run over a text.</summary>
/// <param name="Plan">How the text was fed.</param>
/// <param name="Scores">What it gave, as far as it came.</param>
/// <param name="Counters">What the engine counted.</param>
internal sealed record PerplexityRun(PassPlan Plan, TokenScores Scores, EngineCounters Counters)
{
    /// <summary>How far its predictions lie from those of a reference; null where they were not compared.</summary>
    public DivergenceSummary? Divergence { get; init; }

    /// <summary>What the engine said when it failed; null if it did not.</summary>
    public string? Failure { get; init; }

    /// <summary>What reports call it.</summary>
    public string Name => FormattableString.Invariant($"{Plan.Path} n_seq {Plan.Sequences}");

    /// <summary>
    /// What the engine did in place of running its sequences together; null where it did nothing of the kind.
    /// </summary>
    public string? Fallback => Counters.Fallbacks == 0
        ? null
        : FormattableString.Invariant($"{Counters.Fallbacks} of {Counters.Batches} batches fell back to several passes");
}

/// <summary>An engine's runs over a text.</summary>
/// <param name="Engine">Its name.</param>
/// <param name="Runs">The runs.</param>
/// <param name="Rule">By which rule they are the same.</param>
internal sealed record EnginePerplexity(string Engine, IReadOnlyList<PerplexityRun> Runs, PairRule Rule)
{
    /// <summary>The run that another is compared with: the first on its path, and for that one the first of all; null for itself.</summary>
    public PerplexityRun? BaseOf(PerplexityRun run)
    {
        PerplexityRun first = Runs.First(other => other.Plan.Path == run.Plan.Path);
        return run != first ? first : run != Runs[0] ? Runs[0] : null;
    }
}
