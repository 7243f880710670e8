using Gdn.Harness.Divergence;
using Gdn.Harness.Metrics;

namespace Gdn.Harness.MtpDiff;

/// <summary>What reports say of one way of drafting, on an engine or on a server.</summary>
/// <param name="Drafts">What drafts.</param>
/// <param name="K">Most tokens drafted for one batch; null where that is not known.</param>
/// <param name="Outcomes">How each answer came out.</param>
internal sealed record ArmRow(string Drafts, int? K, IReadOnlyList<Outcome> Outcomes)
{
    /// <summary>Which engine or server, of two; null where there is one.</summary>
    public string? Side { get; init; }

    /// <summary>Servers: requests at once; null for engines, where all are in one batch.</summary>
    public int? Np { get; init; }

    /// <summary>Index of the first token, in any answer, that differs or whose logits are wrong; null if all are right.</summary>
    public int? First { get; init; }

    /// <summary>Batches with drafts or without; null where a server does not tell.</summary>
    public int? Rounds { get; init; }

    /// <summary>Drafts accepted, of those made.</summary>
    public BinomialRate Acceptance { get; init; }

    /// <summary>The same for each place in a draft; empty where a server does not tell.</summary>
    public IReadOnlyList<BinomialRate> ByPlace { get; init; } = [];

    /// <summary>Rounds by how many drafts were accepted; empty where a server does not tell.</summary>
    public IReadOnlyList<int> Histogram { get; init; } = [];

    /// <summary>What should be accepted by the reference, for each place; null where that is not known.</summary>
    public IReadOnlyList<BinomialRate>? ExpectedByPlace { get; init; }

    /// <summary>Tokens a second; null where not measured.</summary>
    public double? TokensPerSecond { get; init; }

    /// <summary>Rounds a second; null where not measured. It cannot rise by accepting more.</summary>
    public double? RoundsPerSecond { get; init; }

    /// <summary>Tokens a second beside those without drafts; null where not measured. Shown only where outputs are right.</summary>
    public double? Ratio { get; init; }

    /// <summary>How many answers came out in a way.</summary>
    public int Count(Outcome outcome) => Outcomes.Count(other => other == outcome);

    /// <summary>The worst of them.</summary>
    public Outcome Outcome => Outcomes.Count == 0 ? Outcome.Same : Outcomes.Max();

    /// <summary>The speed-up; null beside outputs that are not those without drafts: no speed of what is wrong.</summary>
    public double? SpeedUp => Outcome is Outcome.Corrupt or Outcome.Undecided ? null : Ratio;

    /// <summary>Tokens that a round brings; null where a server does not tell.</summary>
    public double? MeanLength => Rounds is > 0 and var rounds ? 1 + (double)Acceptance.Failures / rounds : null;

    /// <summary>Of an arm on an engine.</summary>
    /// <param name="result">The arm.</param>
    /// <param name="plainTokensPerSecond">Speed without drafts, through the same loop.</param>
    /// <param name="side">Which engine, of two.</param>
    public static ArmRow Of(ArmResult result, double plainTokensPerSecond, string? side) =>
        new(result.Arm.Name, result.Arm.Drafts, [.. result.Answers.Select(answer => answer.Difference.Outcome)])
        {
            Side = side,
            First = result.First,
            Rounds = result.Tally.Rounds,
            Acceptance = result.Tally.Acceptance,
            ByPlace = result.Tally.ByPlace,
            Histogram = result.Tally.Histogram,
            ExpectedByPlace = result.Head?.Expected.ByPlace,
            TokensPerSecond = result.TokensPerSecond,
            RoundsPerSecond = result.RoundsPerSecond,
            Ratio = result.TokensPerSecond / plainTokensPerSecond,
        };
}
