using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Gdn.Harness.Divergence;
using Gdn.Harness.Metrics;
using Gdn.Harness.Reports;
using Gdn.Harness.Speculation;
using static System.FormattableString;

namespace Gdn.Harness.MtpDiff;

/// <summary>The tables of a comparison.</summary>
internal static class ComparisonTables
{
    // Tokens of the text before and after one that differs.
    private const int Before = 16, After = 8;

    private static readonly TableOf<(ArmResult Arm, double Plain)> ArmColumns = new TableOf<(ArmResult Arm, double Plain)>("mtpArms")
        .Left("drafts", "drafts", row => row.Arm.Arm.Name)
        .Right("k", "K", row => row.Arm.Arm.Drafts)
        .Left("outcome", "outputs", row => row.Arm.Outcome)
        .Right("same", "same", row => row.Arm.Count(Outcome.Same))
        .Right("ties", "ties", row => row.Arm.Count(Outcome.Tie))
        .Right("corrupt", "corrupt", row => row.Arm.Count(Outcome.Corrupt))
        .Right("first", "first", row => row.Arm.First)
        .Right("rounds", "rounds", row => row.Arm.Tally.Rounds)
        .Right("drafted", "drafted", row => row.Arm.Tally.Drafted)
        .Right("accepted", "accepted", row => row.Arm.Tally.Accepted, row => Rate(row.Arm.Tally.Acceptance))
        .Data("acceptance95", row => new Interval(row.Arm.Tally.Acceptance.Low, row.Arm.Tally.Acceptance.High))
        .Right("expected", "expected", row => Expected(row.Arm), row => Expected(row.Arm) is { } rate ? BinomialRate.Percent(rate) : "")
        .Right("byPlace", "by place", row => row.Arm.Tally.ByPlace.Select(Share).ToArray(), row => ByPlace(row.Arm.Tally))
        .Data("histogram", row => row.Arm.Tally.Histogram)
        .Right("meanLength", "mean length", row => row.Arm.Tally.MeanLength, row => Text(row.Arm.Tally.MeanLength, "F2"))
        .Right("tokensPerSecond", "tokens/s", row => row.Arm.TokensPerSecond, row => Text(row.Arm.TokensPerSecond, "F0"))
        .Right("roundsPerSecond", "rounds/s", row => row.Arm.RoundsPerSecond, row => Text(row.Arm.RoundsPerSecond, "F0"))
        .Right("speedUp", "speed-up", row => SpeedUp(row), row => SpeedUp(row) is { } ratio ? Text(ratio, "F2") : "-");

    private static readonly TableOf<Divergent> DivergentColumns = new TableOf<Divergent>("mtpDivergences")
        .Left("prompt", "prompt", row => row.Prompt)
        .Left("drafts", "drafts", row => row.Arm)
        .Left("outcome", "outcome", row => row.Difference.Outcome)
        .Right("token", "token", row => row.At)
        .Right("gap", "gap, nats", row => row.Difference.Gap, row => row.Difference.Gap is { } gap ? Text(gap, "G3") : "")
        .Right(
            "gapInNoise", "gap / noise", row => row.Difference.GapInNoise,
            row => row.Difference.GapInNoise is { } gap ? Text(gap, "G3") : "")
        .Left("without", "without drafts", row => row.Without)
        .Left("with", "with drafts", row => row.With);

    /// <summary>A row for each arm; no speed-up where outputs are not those without drafts.</summary>
    /// <param name="results">The arms.</param>
    /// <param name="plainTokensPerSecond">Speed without drafts, through the same loop.</param>
    public static Table Arms(IEnumerable<ArmResult> results, double plainTokensPerSecond) =>
        ArmColumns.Of(results.Select(result => (result, plainTokensPerSecond)));

    /// <summary>
    /// For each prompt a hash of the answer without drafts, and for each arm whether it is that: <c>=</c>, or its own hash after
    /// <c>~</c> for a tie and <c>!</c> for a corrupt one; <c>!=</c> if only logits are wrong. Arms of one kind share a column, K ascending.
    /// </summary>
    public static Table Grid(PromptSet prompts, IReadOnlyList<PlainAnswer> plain, IReadOnlyList<ArmResult> results)
    {
        TableOf<int> columns = new TableOf<int>("mtpGrid")
            .Left("prompt", "prompt", i => prompts.Prompts[i].Name)
            .Left("plain", "no drafts", i => Hash(plain[i].Tokens));
        foreach (IGrouping<string, ArmResult> group in results.GroupBy(
            result => result.Arm.IsSwept || result.Arm.Source == DraftSourceKind.None ? result.Arm.Name : "forced"))
            columns.Left(
                group.Key, group.Key,
                i => group.Select(result => Hash(result.Answers[i].Answer.Ids)).ToArray(),
                i => string.Join(' ', group.Select(result => Mark(result.Answers[i]))));
        return columns.Of(Enumerable.Range(0, plain.Count));
    }

    /// <summary>
    /// Of each arm the worst answer that is not that without drafts, with the text around the first token that differs, or whose
    /// row is wrong.
    /// </summary>
    public static Table Divergences(PromptSet prompts, IReadOnlyList<PlainAnswer> plain, IReadOnlyList<ArmResult> results) =>
        DivergentColumns.Of(results
            .Select(result => result.Answers.Select((answer, i) => (result, answer, i)).MaxBy(row => row.answer.Difference.Outcome))
            .Where(row => row.answer.Difference.Outcome != Outcome.Same)
            .Select(row => Divergent.Of(prompts, plain[row.i], row.i, row.result.Arm, row.answer.Answer, row.answer.Difference)));

    private static string Mark((DraftedAnswer Answer, AnswerDifference Difference) answer) => answer.Difference switch
    {
        { Outcome: Outcome.Same } => "=",
        { Outcome: Outcome.Tie } => "~" + Hash(answer.Answer.Ids),
        { Divergence: null } => "!=",
        _ => "!" + Hash(answer.Answer.Ids),
    };

    private static string Hash(int[] tokens) =>
        Convert.ToHexStringLower(SHA256.HashData(Encoding.ASCII.GetBytes(string.Join(' ', tokens))))[..6];

    private static double? SpeedUp((ArmResult Arm, double Plain) row) =>
        row.Arm.Outcome == Outcome.Corrupt ? null : row.Arm.TokensPerSecond / row.Plain;

    private static double? Expected(ArmResult arm) =>
        arm.Head?.Expected is { Drafted: > 0 } expected ? (double)expected.Accepted / expected.Drafted : null;

    private static string Rate(BinomialRate rate) => rate.Rounds == 0
        ? "0"
        : Invariant($"{rate.Failures} ({BinomialRate.Percent(Share(rate))}, {BinomialRate.Percent(rate.Low)} to {BinomialRate.Percent(rate.High)})");

    private static string ByPlace(DraftTally tally) =>
        string.Join(' ', tally.ByPlace.Select(rate => Math.Round(100 * Share(rate)).ToString(CultureInfo.InvariantCulture)));

    private static double Share(BinomialRate rate) => rate.Rounds == 0 ? 0 : (double)rate.Failures / rate.Rounds;

    private static string Text(double value, string format) => value.ToString(format, CultureInfo.InvariantCulture);

    private sealed record Divergent(string Prompt, string Arm, AnswerDifference Difference, int? At, string Without, string With)
    {
        public static Divergent Of(
            PromptSet prompts, PlainAnswer plain, int index, DraftArm arm, DraftedAnswer drafted, AnswerDifference difference)
        {
            int? at = difference.First?.Token ?? difference.Divergence;
            return new Divergent(
                prompts.Prompts[index].Name, arm.FullName, difference, at, Around(prompts, plain.Tokens, at),
                Around(prompts, drafted.Ids, at));
        }

        // The text before, the token in brackets, the text after.
        private static string Around(PromptSet prompts, int[] tokens, int? at)
        {
            if (at is not { } middle || middle >= tokens.Length) return "";
            int first = Math.Max(0, middle - Before), end = Math.Min(tokens.Length, middle + 1 + After);
            return $"{(first > 0 ? "..." : "")}{Text(tokens[first..middle])}[{Text(tokens[middle..(middle + 1)])}]{Text(tokens[(middle + 1)..end])}";

            string Text(int[] part) => prompts.Decode is null
                ? string.Join(' ', part)
                : prompts.Decode(part).Replace("\n", "\\n", StringComparison.Ordinal);
        }
    }
}
