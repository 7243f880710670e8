using Gdn.Harness.Bleed;
using Gdn.Harness.Findings;
using Gdn.Harness.Metrics;
using Gdn.Harness.Reports;
using Gdn.Harness.Traffic;
using static System.FormattableString;

namespace Gdn.Harness.Campaigns;

/// <summary>What a sweep of a live server reports.</summary>
internal static class LiveBleedPart
{
    private static readonly TableOf<LiveBleedRow> Table = new TableOf<LiveBleedRow>("liveBleed")
        .Left("np", "np", row => row.Slots).Pooled(rows => BleedPattern.Ranges(rows.Select(row => row.Slots)))
        .Left("scenario", "scenario", row => row.Scenario.Name()).Pooled(rows => BleedPattern.Kinds(rows.Select(row => row.Scenario)))
        .Left("verdict", "verdict", row => row.Verdict, row => row.IsSkipped ? "skipped" : Cell.TextOf(row.Verdict))
        .Pooled(_ => Verdict.Clean)
        .Right("dirtyRounds", "dirty rounds", row => row.DirtyRounds, row => Invariant($"{row.DirtyRounds} of {row.Rounds}"))
        .Pooled(rows => Invariant($"{rows.Sum(row => row.DirtyRounds)} of {rows.Sum(row => row.Rounds)}"))
        .Data("rounds", row => row.Rounds)
        .Right(
            "rate", "rate, 95%", row => new Interval(row.RateLow, row.RateHigh), row => TextOf(row.RateLow, row.RateHigh))
        .Pooled(rows => new BinomialRate(0, rows.Sum(row => row.Rounds)) is var rate ? TextOf(rate.Low, rate.High) : "")
        .Data("rateDetectable", row => row.RateDetectable)
        .Data("requests", row => row.Requests)
        .Data("tokens", row => row.Tokens)
        .Right("rowsCompared", "compared", row => row.RowsCompared).Pooled(rows => rows.Sum(row => row.RowsCompared))
        .Right("ties", "ties", row => row.Ties).Pooled(rows => rows.Sum(row => row.Ties))
        .Data("undecided", row => row.Undecided)
        .Right("atOnce", "at once", row => row.Overlap).Pooled(rows => rows.Max(row => row.Overlap))
        .Left("basis", "basis", row => row.Basis).Pooled(rows => BleedPattern.PowerOf(rows.Sum(row => row.Rounds)))
        .Data("skipped", row => row.IsSkipped);

    private static string TextOf(double low, double high) => $"{BinomialRate.Percent(low)} to {BinomialRate.Percent(high)}";

    /// <summary>The table of a sweep.</summary>
    public static Table Rows(LiveBleedResult result) => Table.Of(result.Rows);

    /// <summary>The part.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="options">What was run.</param>
    /// <param name="result">What was found.</param>
    /// <param name="policy">Which findings are known; of a server they are known by scenario.</param>
    /// <param name="report">The bug report that was written; null where it could not be.</param>
    public static Part Of(
        string name, LiveBleedOptions options, LiveBleedResult result, FindingPolicy policy, string? report)
    {
        var groups = new FindingGroups(policy);
        foreach (RoundResult dirty in result.Dirty) groups.Add(Evidence.Finding(dirty, options.Server.Info, options.Seed));
        HashSet<string?> known = [.. groups.Findings.Where(finding => finding.IsKnown).Select(finding => finding.Scenario)];
        // With nothing but skipped rows, nothing was shown.
        LiveBleedRow[] judged = [.. result.Rows.Where(row => !row.IsSkipped)];
        bool clean = result.Failure is null && result.Stopped is null && judged.Length > 0 && judged.All(row =>
            row.Verdict == Verdict.Clean || (row.Verdict == Verdict.Dirty && known.Contains(row.Scenario.Name())));
        return new Part(name, Part.VerdictOf(groups.Findings, clean), Basis(result))
        {
            Content = [.. Measured(options, result), Rows(result), .. Limits(result), .. report is null ? (Note[])[] : [new Note($"report: {report}")]],
            Findings = groups.Findings,
            Failure = result.Failure,
        };
    }

    private static IEnumerable<Note> Measured(LiveBleedOptions options, LiveBleedResult result)
    {
        if (result.IsWrongAlone)
            yield return new Note(
                "the server answers wrong alone: mend this first, since whatever happens in company comes on top of it", IsWarning: true);
        if (options.NotServed is { } reason)
            yield return new Note($"answers are not judged against the model: {reason}", IsWarning: options.Served is null);
        if (result.Oracle is { } oracle) yield return new Note($"reference: {oracle}");
        if (result.Noise is { } noise)
            yield return new Note(
                Invariant($"noise, solo: log-probabilities move by {noise.Median:G2} nats (median), at most {noise.Largest:G2}, ")
                + Invariant($"over {noise.Rows} positions"));
        if (result.Caching is { } caching) yield return new Note($"prompt cache: {caching.InWords}");
        if (result.NoiseInCompany is { } company) yield return new Note($"noise, in company: {BugReport.TextOf(company)}");
        if (result.Control is { } control) yield return new Note($"positive control: {BugReport.TextOf(control)}");
    }

    private static string Basis(LiveBleedResult result)
    {
        int skipped = result.Rows.Count(row => row.IsSkipped);
        int rounds = result.Rows.Sum(row => row.IsSkipped ? 0 : row.Rounds), dirty = result.Rows.Sum(row => row.DirtyRounds);
        int inconclusive = result.Rows.Count(row => row.Verdict == Verdict.Inconclusive) - skipped;
        string text = Invariant($"{dirty} of {rounds} rounds dirty");
        text = dirty > 0 ? $"{PatternOf(result)}; {text}" : $"{text}, {BleedPattern.PowerOf(rounds)}";
        if (result.IsWrongAlone) text = $"wrong alone, mend this first; {text}";
        if (inconclusive > 0) text += Invariant($"; {inconclusive} of {result.Rows.Count} rows inconclusive");
        if (result.Stopped is { } stopped) text += $"; {stopped}";
        return result.Failure is { } failure ? $"{text}; ended by {failure.Message}" : text;
    }

    private static BleedPattern PatternOf(LiveBleedResult result)
    {
        Victim[] victims = [.. result.Dirty.SelectMany(dirty => dirty.Victims)];
        int[] tokens = [.. victims.Select(victim => victim.Judgement.At?.Position).OfType<int>()];
        return new BleedPattern(
            [
                .. result.Rows.Where(row => row.Verdict is Verdict.Clean or Verdict.Dirty)
                    .Select(row => (row.Slots, row.Scenario, row.Verdict == Verdict.Dirty)),
            ])
        {
            FirstToken = tokens.Length > 0 ? tokens.Min() + 1 : null,
            Donors = (victims.Count(victim => victim.From is not null), victims.Length),
        };
    }

    // What the verdict does not speak about.
    private static IEnumerable<Note> Limits(LiveBleedResult result)
    {
        string[] skipped = [.. result.Rows.Where(row => row.IsSkipped).Select(row => row.Scenario.Name()).Distinct()];
        if (skipped.Length > 0)
            yield return new Note(
                $"skipped, because the server does not support it: {string.Join(", ", skipped)}; to require one, name it with --scenario");
        if (result.Oracle is null)
            yield return new Note("not covered without --model of the served weights: damage that is the same alone and in company");
    }
}
