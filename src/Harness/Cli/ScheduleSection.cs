using System.Globalization;
using Gdn.Harness.Campaigns;
using Gdn.Harness.Metrics;
using Gdn.Harness.Schedules;
using Gdn.Harness.Schedules.Coverage;
using Spectre.Console;

namespace Gdn.Harness.Cli;

/// <summary>Random schedules on one model.</summary>
internal static class ScheduleSection
{
    /// <summary>Runs and prints random schedules.</summary>
    public static Section Run(CampaignOptions options, CancellationToken cancellation)
    {
        int? cases = options.Cases == int.MaxValue ? null : options.Cases / options.Shards;
        (Section section, CampaignResult result) = Run($"schedules, {options.Model.Name}", options, cases, cancellation);
        ScheduleCoverage coverage = result.Coverage;
        Output.Console.WriteLine("reached, % of schedules: " + string.Join(
            ", ", coverage.Counts.Select(count => $"{count.Key} {Share(count.Value, coverage.Schedules)}")));
        foreach (string state in coverage.Unreached)
            Output.Console.MarkupLine($"[yellow]warning[/] never reached: {Markup.Escape(state)}; run more cases");
        return section;
    }

    /// <summary>Runs and prints schedules that have shown bugs before.</summary>
    public static Section RunPastFailures(
        CampaignOptions options, IReadOnlyList<Schedule> schedules, CancellationToken cancellation) =>
        Run(
            $"past failures, {options.Model.Name}",
            options with { Cases = schedules.Count, Given = schedules },
            schedules.Count / options.Shards,
            cancellation).Section;

    private static (Section Section, CampaignResult Result) Run(
        string name, CampaignOptions options, int? cases, CancellationToken cancellation)
    {
        Output.Head(name, options.Engine.Name, options.Model, options.Seed);
        CampaignResult result = LiveProgress.Run(
            name, cases, step => ModelCampaign.Run(options, step, cancellation));

        Table table = Output.Table(0, "np", "schedules", "dirty", "tokens", "rows compared", "routing ties");
        foreach (CampaignRow row in result.Rows)
            table.AddRow(
                Output.Text(row.Slots), Output.Text(row.Cases), Output.Text(row.Dirty), Output.Text(row.Tokens),
                Output.Text(row.Rows), Output.Text(row.Ties));
        Output.Console.Write(table);
        return (new Section(name, [.. result.Rows], result.Findings, result.Completed, Reason(result)), result);
    }

    private static string Share(long count, long of) =>
        (100.0 * count / Math.Max(1, of)).ToString("F0", CultureInfo.InvariantCulture);

    private static string Reason(CampaignResult result)
    {
        int cases = result.Rows.Sum(row => row.Cases), dirty = result.Rows.Sum(row => row.Dirty);
        FormattableString text = result switch
        {
            { Findings.Count: > 0 } => $"{dirty} of {cases} schedules failed; stopped after the first wave with a failure",
            { Completed: false } => $"interrupted after {cases} clean schedules",
            _ => $"0 of {cases} schedules failed; at 95% confidence, fewer than {100 * BinomialRate.Detectable(cases):G2}% would",
        };
        return text.ToString(CultureInfo.InvariantCulture);
    }
}
