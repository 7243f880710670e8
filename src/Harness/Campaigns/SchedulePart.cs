using System.Globalization;
using Gdn.Harness.Metrics;
using Gdn.Harness.Reports;
using Gdn.Harness.Schedules.Coverage;
using static System.FormattableString;

namespace Gdn.Harness.Campaigns;

/// <summary>What a campaign of schedules reports.</summary>
internal static class SchedulePart
{
    // Pairs that a report names.
    private const int MaxPairs = 5;

    // States in a smaller share of schedules are told on the screen, too.
    private const double Rare = 0.05;

    private static readonly TableOf<ScheduleRow> Rows = new TableOf<ScheduleRow>("schedules")
        .Right("np", "np", row => row.Slots).Pooled(rows => BleedPattern.Ranges(rows.Select(row => row.Slots)))
        .Left("verdict", "verdict", row => Part.VerdictOf(row.Dirty - row.Known, completed: row.Cases > 0)).Pooled(_ => Verdict.Clean)
        .Right("schedules", "schedules", row => row.Cases).Pooled(rows => rows.Sum(row => row.Cases))
        .Right("dirty", "dirty", row => row.Dirty).Pooled(rows => rows.Sum(row => row.Dirty))
        .Right("tokens", "tokens", row => row.Tokens).Pooled(rows => rows.Sum(row => row.Tokens))
        .Right("rowsCompared", "rows compared", row => row.Rows).Pooled(rows => rows.Sum(row => row.Rows))
        .Right("routingTies", "routing ties", row => row.Ties).Pooled(rows => rows.Sum(row => row.Ties))
        .Data("known", row => row.Known);

    /// <summary>The part.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="result">What was found.</param>
    /// <param name="withCoverage">Whether the reader should know which states were reached.</param>
    /// <param name="judging">How the engine ran, and how it was judged.</param>
    public static Part Of(string name, ScheduleResult result, bool withCoverage, IEnumerable<Note> judging) =>
        new(name, Part.VerdictOf(result.Findings, result.Completed), Basis(result))
        {
            Content =
            [
                Rows.Of(result.Rows), CountersTable.Of(result.Counters), .. UndeclaredNote.Of(result.Coverage.Undeclared),
                .. judging, .. withCoverage ? Coverage(result.Coverage) : [],
            ],
            Findings = result.Findings,
        };

    // What many schedules reach needs nobody's attention.
    private static IEnumerable<Note> Coverage(ScheduleCoverage coverage)
    {
        string all = string.Join(", ", coverage.Counts.Select(count => $"{count.Key} {Share(count.Value, coverage.Schedules)}"));
        yield return new Note($"reached, % of schedules: {all}") { IsDetail = true };
        yield return PairsOf(coverage.Pairs);
        string[] rare =
        [
            .. coverage.Counts.Where(count => count.Value > 0 && count.Value < Rare * coverage.Schedules).Select(count => count.Key),
        ];
        if (rare.Length > 0) yield return new Note($"reached in less than {100 * Rare:F0}% of schedules: {string.Join(", ", rare)}");
        if (coverage.Unreached.Any())
            yield return new Note($"never reached: {string.Join(", ", coverage.Unreached)}; run more cases", IsWarning: true);
    }

    private static Note PairsOf(PairCoverage pairs)
    {
        string[] unreached = [.. pairs.Unreached];
        FormattableString text = $"pairs of axes: {pairs.Reached} of {pairs.Reachable} reached";
        string never = unreached.Length == 0 ? "" : "; never: " + string.Join(", ", unreached.Take(MaxPairs));
        string more = unreached.Length <= MaxPairs ? "" : FormattableString.Invariant($" and {unreached.Length - MaxPairs} more");
        return new Note(text.ToString(CultureInfo.InvariantCulture) + never + more) { IsDetail = true };
    }

    private static string Share(long count, long of) =>
        (100.0 * count / Math.Max(1, of)).ToString("F0", CultureInfo.InvariantCulture);

    private static string Basis(ScheduleResult result)
    {
        int cases = result.Rows.Sum(row => row.Cases), dirty = result.Rows.Sum(row => row.Dirty);
        int known = result.Rows.Sum(row => row.Known);
        if (dirty == 0)
            return result.Completed
                ? Invariant($"0 of {cases} schedules failed; at 95% confidence, fewer than ")
                    + Invariant($"{100 * BinomialRate.Detectable(cases):G2}% would")
                : Invariant($"interrupted after {cases} clean schedules");
        return Invariant($"{dirty} of {cases} schedules failed")
            + (known > 0 ? Invariant($", {known} of them in known ways") : "")
            + (result.Unexamined > 0 ? Invariant($", {result.Unexamined} of them not looked into for lack of time") : "")
            + (result.IsStopped ? "; stopped after the wave that showed enough" : "");
    }
}
