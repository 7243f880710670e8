using Gdn.Harness.Findings;
using Gdn.Harness.Metrics;
using Gdn.Harness.Perplexity;
using Gdn.Harness.Reports;
using Gdn.Reference;
using static System.FormattableString;

namespace Gdn.Harness.Campaigns;

/// <summary>
/// Two saved reports side by side: perplexities of the same text, speeds of the same workloads, and of comparisons by how much B differed from A
/// in either. Nothing is run.
/// </summary>
/// <remarks>
/// Samples of two reports were not taken in turns: what the machine did in between is in no interval. What both have timed without an
/// engine shows a part of it, and differences up to that do not count.
/// </remarks>
/// <param name="First">A: what the other is compared with.</param>
/// <param name="Second">B.</param>
internal sealed record SavedComparison(SavedReport First, SavedReport Second) : Campaign
{
    /// <summary>Relative differences of speed up to this do not matter.</summary>
    public double Margin { get; init; } = 0.02;

    /// <summary>Relative differences of perplexity up to this do not matter.</summary>
    public double PerplexityMargin { get; init; } = 0.001;

    /// <inheritdoc/>
    public override string Name => "compare, saved reports";

    /// <inheritdoc/>
    public override IReadOnlyList<string> Head =>
    [
        $"A {First.Path}", .. First.Heads.Select(line => $"  {line}"),
        $"B {Second.Path}", .. Second.Heads.Select(line => $"  {line}"),
    ];

    /// <summary>Why the reports cannot be compared; null if they can.</summary>
    public InputException? Obstacle =>
        Differing("models", string.Join(", ", First.Models.Order()), string.Join(", ", Second.Models.Order()), "compare reports of the same model")
        ?? (PerplexityPairs.Any()
            ? Differing("texts", First.Text ?? "unknown", Second.Text ?? "unknown", "compare perplexities of the same text")
            : null)
        ?? (SavedSpeed.Common(First, Second).Any()
            ? Differing("machines", First.Machine, Second.Machine, "run both on the same machine")
            : PerplexityPairs.Any() ? null : new InputException(
                $"'{Second.Path}'", $"it has no perplexity and no speed in common with '{First.Path}'",
                "compare reports of the same command with the same --np, --depth, --pp and --tg"));

    private IEnumerable<(SavedRow First, SavedRow Second)> PerplexityPairs =>
        SavedPairs.Of(First, Second, "perplexity", row => (row.Text("path"), row.Whole("sequences")));

    /// <inheritdoc/>
    protected override Task<Part> PlayAsync(ICampaignProgress progress, CancellationToken cancellation)
    {
        if (Obstacle is { } obstacle) throw obstacle;
        CompareRow[] perplexities = [.. Perplexities()];
        SavedSpeed[] speeds = [.. SavedSpeed.Common(First, Second)];
        double floor = speeds.Select(speed => speed.Floor).DefaultIfEmpty(0).Max();
        RatioVerdict[] verdicts = RatioGrid.Of([.. speeds.Select(speed => speed.Ratio)], Margin, floor: (1 + Margin) * (1 + floor) - 1);
        CompareRow[] rows = [.. perplexities, .. speeds.Zip(verdicts, (speed, verdict) => speed.ToRow(verdict))];
        Finding[] findings = [.. Findings(rows)];
        int open = rows.Count(row => row.Verdict == Cell.TextOf(Verdict.Inconclusive) || row.Verdict == Cell.TextOf(RatioVerdict.Inconclusive));
        return Task.FromResult(new Part(
            Name, Part.VerdictOf(findings, open == 0),
            Invariant($"{rows.Length} rows in common, {findings.Length} worse") + (open == 0 ? "" : Invariant($", {open} not decided")))
        {
            Content = [CompareRow.Table(rows), .. speeds.Any(speed => speed.IsOfRates) ? [new Note(InWords(floor))] : Array.Empty<Note>()],
            Findings = findings,
        });
    }

    private IEnumerable<CompareRow> Perplexities()
    {
        foreach ((SavedRow a, SavedRow b) in PerplexityPairs)
        {
            double[]? one = ByChunk(a), other = ByChunk(b);
            if (one is null || other is null || one.Length != other.Length || one.Length < 2) continue;
            var difference = PairedDifference.Of(other, one);
            Verdict verdict = difference.Exceeds(PerplexityMargin) ? Verdict.Dirty
                : difference.IsWithin(PerplexityMargin) ? Verdict.Clean
                : Verdict.Inconclusive;
            yield return new CompareRow(
                Invariant($"PPL {a.Text("path")} n_seq {a.Whole("sequences")}"), Invariant($"{a.Number("perplexity"):F4}"),
                Invariant($"{b.Number("perplexity"):F4}"), PerplexityText.Text(difference), Cell.TextOf(verdict));
        }
    }

    // From the perplexity after each chunk.
    private static double[]? ByChunk(SavedRow row)
    {
        if (row.Numbers("running") is not { } running || running.Any(value => !(value > 0))) return null;
        double[] sums = [.. running.Select((value, i) => (i + 1) * Math.Log(value))];
        return [.. sums.Select((sum, i) => i == 0 ? sum : sum - sums[i - 1])];
    }

    private IEnumerable<Finding> Findings(IEnumerable<CompareRow> rows)
    {
        var groups = new FindingGroups(Policy);
        foreach (CompareRow row in rows.Where(row => row.Verdict == Cell.TextOf(Verdict.Dirty) || row.Verdict == Cell.TextOf(RatioVerdict.Slower)))
        {
            string check = row.Ratio is null ? "perplexity" : "speed";
            groups.Add(new Finding($"worse-{row.Check.Replace(' ', '-')}", check, Second.Path)
            {
                Detail = $"{row.Check}: {row.Change} against {First.Path}",
                Fingerprint = $"{check}/{row.Check}",
            });
        }

        return groups.Findings;
    }

    private string InWords(double floor) =>
        "samples of two reports were not taken in turns, and what the machine did in between is in no interval; differences beyond "
        + Invariant($"{100 * ((1 + Margin) * (1 + floor) - 1):0.#}% count");

    private InputException? Differing(string what, string first, string second, string remedy) => first == second
        ? null
        : new InputException($"'{Second.Path}'", $"the {what} differ: {first}, and here {second}", remedy);
}
