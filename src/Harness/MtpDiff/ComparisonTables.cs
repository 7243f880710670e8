using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Gdn.Harness.Divergence;
using Gdn.Harness.Metrics;
using Gdn.Harness.Reports;
using static System.FormattableString;

namespace Gdn.Harness.MtpDiff;

/// <summary>The tables of a comparison.</summary>
internal static class ComparisonTables
{
    private static readonly TableOf<DivergenceRow> DivergenceColumns = new TableOf<DivergenceRow>("mtpDivergences")
        .Left("prompt", "prompt", row => row.Prompt)
        .Left("drafts", "drafts", row => row.Arm)
        .Left("outcome", "outcome", row => row.Outcome)
        .Right("token", "token", row => row.Token)
        .Right("gap", "gap, nats", row => row.Gap, row => Text(row.Gap, "G3"))
        .Right("gapInNoise", "gap / noise", row => row.GapInNoise, row => Text(row.GapInNoise, "G3"))
        .Left("without", "without drafts", row => row.Without)
        .Left("with", "with drafts", row => row.With);

    private static readonly TableOf<DraftSpeed> SpeedColumns = new TableOf<DraftSpeed>("mtpSpeed")
        .Right("k", "K", row => row.Drafts)
        .Right("speedUp", "speed-up", row => row.SpeedUp.Ratio, row => Text(row.SpeedUp.Ratio, "F2"))
        .Right(
            "speedUp95", "95%", row => new Interval(row.SpeedUp.Low, row.SpeedUp.High),
            row => $"{Text(row.SpeedUp.Low, "F2")} to {Text(row.SpeedUp.High, "F2")}")
        .Right("expectedSpeedUp", "expected", row => row.Expected, row => Text(row.Expected, "F2"))
        .Right("expectedLength", "tokens a round, expected", row => row.MeanLength, row => Text(row.MeanLength, "F2"))
        .Right("step", "step, ms", row => 1e3 * row.Step, row => Text(1e3 * row.Step, "G3"))
        .Right("verification", "verification, ms", row => 1e3 * row.Verification, row => Text(1e3 * row.Verification, "G3"))
        .Right("drafting", "drafting, ms", row => 1e3 * row.Drafting, row => Text(1e3 * row.Drafting, "G3"))
        .Right("rounds", "rounds", row => row.SpeedUp.Rounds);

    /// <summary>The measured speed-up beside the one that follows from acceptance and costs.</summary>
    public static Table Speed(IEnumerable<DraftSpeed> rows) => SpeedColumns.Of(rows);

    /// <summary>A row for each arm.</summary>
    public static Table Arms(IReadOnlyList<ArmRow> rows)
    {
        var columns = new TableOf<ArmRow>("mtpArms");
        if (rows.Any(row => row.Side is not null)) columns.Left("side", "side", row => row.Side ?? "");
        columns.Left("drafts", "drafts", row => row.Drafts).Right("k", "K", row => row.K);
        if (rows.Any(row => row.Np is not null)) columns.Right("np", "np", row => row.Np);
        columns
            .Left("outcome", "outputs", row => row.Outcome)
            .Right("same", "same", row => row.Count(Outcome.Same))
            .Right("ties", "ties", row => row.Count(Outcome.Tie));
        if (rows.Any(row => row.Count(Outcome.Undecided) > 0))
            columns.Right("undecided", "undecided", row => row.Count(Outcome.Undecided));
        return columns
            .Right("corrupt", "corrupt", row => row.Count(Outcome.Corrupt))
            .Right("first", "first", row => row.First)
            .Right("rounds", "rounds", row => row.Rounds)
            .Right("drafted", "drafted", row => row.Acceptance.Rounds)
            .Right("accepted", "accepted", row => row.Acceptance.Failures, row => Rate(row.Acceptance))
            .Data("acceptance95", row => new Interval(row.Acceptance.Low, row.Acceptance.High))
            .Right("expected", "expected", row => Expected(row), row => Expected(row) is { } rate ? BinomialRate.Percent(rate) : "")
            .Right("byPlace", "by place", row => row.ByPlace.Select(Share).ToArray(), ByPlace)
            .Data("histogram", row => row.Histogram)
            .Right("meanLength", "mean length", row => row.MeanLength, row => Text(row.MeanLength, "F2"))
            .Right("tokensPerSecond", "tokens/s", row => row.TokensPerSecond, row => Text(row.TokensPerSecond, "F0"))
            .Right("roundsPerSecond", "rounds/s", row => row.RoundsPerSecond, row => Text(row.RoundsPerSecond, "F0"))
            .Right("speedUp", "speed-up", row => row.SpeedUp, row => row.SpeedUp is null ? "-" : Text(row.SpeedUp, "F2"))
            .Of(rows);
    }

    /// <summary>How often drafts are accepted at each place of a draft, with intervals: a row for each place.</summary>
    public static Table Acceptance(IEnumerable<ArmRow> arms)
    {
        (ArmRow Arm, int Place)[] rows =
            [.. arms.SelectMany(arm => Enumerable.Range(0, arm.ByPlace.Count).Select(place => (arm, place)))];
        var columns = new TableOf<(ArmRow Arm, int Place)>("mtpAcceptance");
        if (rows.Any(row => row.Arm.Side is not null)) columns.Left("side", "side", row => row.Arm.Side ?? "");
        columns.Left("drafts", "drafts", row => row.Arm.Drafts).Right("k", "K", row => row.Arm.K);
        if (rows.Any(row => row.Arm.Np is not null)) columns.Right("np", "np", row => row.Arm.Np);
        columns
            .Right("place", "place", row => row.Place + 1)
            .Right("drafted", "drafted", row => row.Arm.ByPlace[row.Place].Rounds)
            .Right("accepted", "accepted", row => row.Arm.ByPlace[row.Place].Failures)
            .Right("share", "share", row => Share(row.Arm.ByPlace[row.Place]), row => Percent(row.Arm.ByPlace[row.Place]))
            .Right("share95", "95%", row => IntervalOf(row.Arm.ByPlace[row.Place]), row => IntervalText(row.Arm.ByPlace[row.Place]));
        if (rows.Any(row => row.Arm.ExpectedByPlace is not null))
            columns
                .Right(
                    "expected", "expected", row => ExpectedAt(row) is { } rate ? Share(rate) : null,
                    row => ExpectedAt(row) is { } rate ? Percent(rate) : "")
                .Right(
                    "expected95", "95% of expected", row => ExpectedAt(row) is { } rate ? IntervalOf(rate) : null,
                    row => ExpectedAt(row) is { } rate ? IntervalText(rate) : "");
        return columns.Of(rows);
    }

    /// <summary>
    /// For each prompt a hash of the answer without drafts, and for each arm whether it is that: <c>=</c>, or its own hash after
    /// <c>~</c> for a tie, <c>?</c> for an undecided and <c>!</c> for a corrupt one; <c>!=</c> if only logits are wrong. Arms of one
    /// kind share a column, in their order.
    /// </summary>
    /// <param name="prompts">Names of the prompts.</param>
    /// <param name="plain">Hashes of their answers without drafts.</param>
    /// <param name="arms">The arms: name of the column, and a mark for each prompt.</param>
    public static Table Grid(
        IReadOnlyList<string> prompts, IReadOnlyList<string> plain, IEnumerable<(string Column, IReadOnlyList<string> Marks)> arms)
    {
        TableOf<int> columns = new TableOf<int>("mtpGrid")
            .Left("prompt", "prompt", i => prompts[i])
            .Left("plain", "no drafts", i => plain[i]);
        foreach (IGrouping<string, (string Column, IReadOnlyList<string> Marks)> group in arms.GroupBy(arm => arm.Column))
            columns.Left(
                group.Key, group.Key, i => group.Select(arm => arm.Marks[i]).ToArray(),
                i => string.Join(' ', group.Select(arm => arm.Marks[i])));
        return columns.Of(Enumerable.Range(0, prompts.Count));
    }

    /// <summary>The mark of an answer.</summary>
    /// <param name="outcome">What its difference means.</param>
    /// <param name="hash">Its hash.</param>
    /// <param name="plain">The hash of the answer without drafts.</param>
    public static string Mark(Outcome outcome, string hash, string plain) => outcome switch
    {
        Outcome.Same => "=",
        Outcome.Tie => "~" + hash,
        Outcome.Undecided => "?" + hash,
        _ => hash == plain ? "!=" : "!" + hash,
    };

    /// <summary>A short hash of an answer.</summary>
    public static string Hash(IEnumerable<string> tokens) =>
        Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(string.Join(' ', tokens))))[..6];

    /// <summary>A short hash of an answer.</summary>
    public static string Hash(IEnumerable<int> tokens) => Hash(tokens.Select(token => token.ToString(CultureInfo.InvariantCulture)));

    /// <summary>Answers beside those without drafts, the text around the first token that differs, or whose row is wrong.</summary>
    public static Table Divergences(IEnumerable<DivergenceRow> rows) => DivergenceColumns.Of(rows);

    private static double? Expected(ArmRow row) =>
        row.ExpectedByPlace is { } places && places.Sum(place => place.Rounds) is > 0 and var drafted
            ? (double)places.Sum(place => place.Failures) / drafted
            : null;

    private static BinomialRate? ExpectedAt((ArmRow Arm, int Place) row) =>
        row.Arm.ExpectedByPlace is { } places && row.Place < places.Count ? places[row.Place] : null;

    private static string Rate(BinomialRate rate) =>
        rate.Rounds == 0 ? "0" : Invariant($"{rate.Failures} ({Percent(rate)}, {IntervalText(rate)})");

    private static string ByPlace(ArmRow row) =>
        string.Join(' ', row.ByPlace.Select(rate => Math.Round(100 * Share(rate)).ToString(CultureInfo.InvariantCulture)));

    private static double Share(BinomialRate rate) => rate.Rounds == 0 ? 0 : (double)rate.Failures / rate.Rounds;

    private static string Percent(BinomialRate rate) => BinomialRate.Percent(Share(rate));

    private static Interval IntervalOf(BinomialRate rate) => new(rate.Low, rate.High);

    private static string IntervalText(BinomialRate rate) => $"{BinomialRate.Percent(rate.Low)} to {BinomialRate.Percent(rate.High)}";

    private static string Text(double? value, string format) => value?.ToString(format, CultureInfo.InvariantCulture) ?? "";
}
