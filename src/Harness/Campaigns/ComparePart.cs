using Gdn.Harness.Findings;
using Gdn.Harness.Metrics;
using Gdn.Harness.Reports;
using Gdn.Harness.Throughput;
using static System.FormattableString;

namespace Gdn.Harness.Campaigns;

/// <summary>What two engines side by side report: one table, with speeds only where both are right.</summary>
/// <param name="campaign">What was compared.</param>
/// <param name="first">A's name.</param>
/// <param name="second">B's name.</param>
/// <param name="checks">What came before the speeds.</param>
internal sealed class ComparePart(ComparisonCampaign campaign, string first, string second, CheckedFirst checks)
{
    /// <summary>One of them is wrong.</summary>
    public Part Wrong() => Of(Verdict.Dirty, "wrong results, and nothing was timed", checks.Rows, checks.Findings);

    /// <summary>One of them failed while it was timed.</summary>
    public Part Failed(TimingFailedException failure) =>
        Of(Verdict.Dirty, "an engine failed while it was timed", checks.Rows, [.. checks.Findings, SpeedFindings.Of(failure)]);

    /// <summary>Somebody ended it.</summary>
    public Part Interrupted() => Of(Verdict.Inconclusive, "interrupted before speeds were known", checks.Rows, checks.Findings);

    /// <summary>All was done.</summary>
    /// <param name="answers">What the speeds are.</param>
    /// <param name="trial">How they came about.</param>
    /// <param name="planted">What became of the planted slow-down; null if none was planted.</param>
    /// <param name="detectable">What was to be expected beforehand.</param>
    public Part Of(IReadOnlyList<SpeedAnswer> answers, SpeedTrial trial, SpeedAnswer? planted, string detectable)
    {
        Finding[] slower = Slower(answers);
        int open = answers.Count(answer => answer.Verdict == RatioVerdict.Inconclusive);
        bool isBlind = planted is { Verdict: not RatioVerdict.Slower };
        string? busy = SpeedText.MachineBusy(trial.Waiting);
        IReadOnlyList<Finding> findings = [.. checks.Findings, .. slower];
        Verdict verdict = Part.VerdictOf(findings, open == 0 && !isBlind && checks.Rows.All(row => row.Verdict != Cell.TextOf(Verdict.Inconclusive)
            || row.Check.StartsWith("MTP", StringComparison.Ordinal)));
        CompareRow[] controls = [.. FloorRow(trial), .. planted is null ? Array.Empty<CompareRow>() : [PlantedRow(planted)]];
        return Of(
            verdict, Basis(answers, slower.Length, open, isBlind, busy), [.. checks.Rows, .. answers.Select(CompareRow.Of), .. controls], findings,
            [
                new Note(Invariant($"speeds in tokens a second; differences beyond {100 * trial.Margin:0.#}% count")),
                new Note($"before B was timed: {detectable}"),
                .. busy is null ? Array.Empty<Note>() : [new Note(busy, IsWarning: true)],
            ]);
    }

    private Part Of(
        Verdict verdict, string basis, IEnumerable<CompareRow> rows, IReadOnlyList<Finding> findings, IEnumerable<Note>? notes = null) =>
        new(campaign.Name, verdict, basis) { Content = [CompareRow.Table(rows), .. notes ?? [], .. checks.Notes], Findings = findings };

    private Finding[] Slower(IReadOnlyList<SpeedAnswer> answers)
    {
        var groups = new FindingGroups(campaign.Policy);
        foreach (SpeedAnswer answer in answers.Where(answer => answer.Verdict == RatioVerdict.Slower))
            groups.Add(new Finding($"slower-{answer.Question.Name.Replace(' ', '-')}", "speed", second)
            {
                Np = answer.Question.Workload.Slots,
                Detail = $"{answer.Question.Name}: speed {SpeedText.Change(answer.Ratio)} against {first}",
                Fingerprint = $"speed/{answer.Question.Name}",
            });
        return [.. groups.Findings];
    }

    private static IEnumerable<CompareRow> FloorRow(SpeedTrial trial)
    {
        if (trial.Floor is { } floor)
            yield return new CompareRow("noise floor", "", "", SpeedText.Change(floor), "") { Ratio = floor };
    }

    private CompareRow PlantedRow(SpeedAnswer planted) => CompareRow.Of(planted) with
    {
        Check = Invariant($"planted -{100 * campaign.PlantedShare:0.#}%"),
        Verdict = planted.Verdict == RatioVerdict.Slower ? "found" : "not found",
    };

    private string Basis(IReadOnlyList<SpeedAnswer> answers, int slower, int open, bool isBlind, string? busy)
    {
        string counts = string.Join(", ", answers.GroupBy(answer => answer.Verdict).OrderBy(group => group.Key)
            .Select(group => Invariant($"{group.Count()} {Cell.TextOf(group.Key)}")));
        string reason = isBlind ? Invariant($"; a planted slow-down of {100 * campaign.PlantedShare:0.#}% was not found")
            : open > 0 ? "; not all could be decided"
            : "";
        return $"speeds: {counts}{reason}" + (reason.Length > 0 && slower == 0 && busy is not null ? $" ({busy})" : "");
    }
}
