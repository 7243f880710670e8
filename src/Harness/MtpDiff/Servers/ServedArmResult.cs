using Gdn.Harness.Clients;
using Gdn.Harness.Divergence;
using Gdn.Harness.Metrics;

namespace Gdn.Harness.MtpDiff.Servers;

/// <summary>What an arm has shown.</summary>
/// <param name="Arm">The arm.</param>
/// <param name="Answers">One for each prompt.</param>
/// <param name="Totals">What the server counted meanwhile; null where it does not report that.</param>
/// <param name="Time">Time of decoding, without prompts, of requests asked one at a time; null for others.</param>
internal sealed record ServedArmResult(
    ServedArm Arm, IReadOnlyList<JudgedCompletion> Answers, SpeculationTotals? Totals, TimeSpan? Time)
{
    /// <summary>The rounds of all answers; null where the server does not tell them.</summary>
    public DraftTally? Rounds { get; } = Answers.All(answer => answer.Completion.Rounds is not null)
        ? new DraftTally(Answers.SelectMany(answer => answer.Completion.Rounds!).Select(round => (round.Drafted, round.Accepted)))
        : null;

    /// <summary>Tokens drafted, as far as the server tells.</summary>
    public int Drafted => Counted(counters => counters.Drafted) ?? (int)(Totals?.Drafted ?? 0);

    /// <summary>Of those, accepted.</summary>
    public int Accepted => Counted(counters => counters.Accepted) ?? (int)(Totals?.Accepted ?? 0);

    /// <summary>Whether the server says how many of its drafts it accepted.</summary>
    public bool TellsAccepted => Counted(counters => counters.Accepted) is not null || Totals?.Accepted is not null;

    /// <summary>The worst outcome.</summary>
    public Outcome Outcome => Answers.Max(answer => answer.Judgement.Outcome);

    /// <summary>Index of the first token, in any answer, that decided or differs; null if none does.</summary>
    public int? First => Answers.Select(answer => answer.Judgement.At?.Position).Where(position => position is not null).Min();

    /// <summary>Tokens a second; null where requests were asked side by side.</summary>
    public double? TokensPerSecond => Time is { Ticks: > 0 } time
        ? Answers.Sum(answer => Math.Max(0, answer.Completion.Tokens.Count - 1)) / time.TotalSeconds
        : null;

    /// <summary>The row of the arm.</summary>
    /// <param name="plainTokensPerSecond">Speed without drafts, one request at a time; null if not measured.</param>
    /// <param name="server">The server.</param>
    public ArmRow ToRow(double? plainTokensPerSecond, ComparedServer server) =>
        new(Arm.Name, Arm.Drafts ?? server.Longest, [.. Answers.Select(answer => answer.Judgement.Outcome)])
        {
            Side = server.Name,
            Np = Arm.Np,
            First = First,
            Rounds = Rounds?.Rounds ?? (int?)Totals?.Rounds,
            Acceptance = new BinomialRate(Accepted, Drafted),
            ByPlace = Rounds?.ByPlace ?? PlacesOf(Totals),
            Histogram = Rounds?.Histogram ?? [],
            TokensPerSecond = TokensPerSecond,
            RoundsPerSecond = Rounds is { } rounds && Time is { Ticks: > 0 } time ? rounds.Rounds / time.TotalSeconds : null,
            Ratio = TokensPerSecond / plainTokensPerSecond,
        };

    // A server that counts by place counts drafts, not their lengths: that each has all places is its own convention.
    private static IReadOnlyList<BinomialRate> PlacesOf(SpeculationTotals? totals) => totals is { Rounds: > 0 and var rounds }
        ? [.. totals.AcceptedByPlace.Select(accepted => new BinomialRate((int)accepted, (int)rounds))]
        : [];

    private int? Counted(Func<CompletionCounters, int?> of) =>
        Answers.Any(answer => of(answer.Completion.Counters) is not null)
            ? Answers.Sum(answer => of(answer.Completion.Counters) ?? 0)
            : null;
}
