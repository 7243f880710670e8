using System.Globalization;
using Gdn.Harness.Checks;
using Spectre.Console;

namespace Gdn.Harness.Cli;

/// <summary>Random schedules on one model.</summary>
internal static class ScheduleSection
{
    /// <summary>Runs and prints them.</summary>
    public static Section Run(CampaignOptions options, CancellationToken cancellation)
    {
        string name = $"schedules, {options.Model.Name}";
        Output.Head(name, options.Engine.Name, options.Model, options.Seed);
        CampaignResult result = LiveProgress.Run(
            name, options.Cases / options.Shards, step => ModelCampaign.Run(options, step, cancellation));

        Table table = Output.Table(0, "np", "schedules", "dirty", "tokens", "rows compared", "routing ties");
        foreach (CampaignRow row in result.Rows)
            table.AddRow(
                Output.Text(row.Slots), Output.Text(row.Cases), Output.Text(row.Dirty), Output.Text(row.Tokens),
                Output.Text(row.Rows), Output.Text(row.Ties));
        Output.Console.Write(table);
        Output.Console.WriteLine("reached: " + string.Join(
            ", ", result.Coverage.Counts.Select(count => $"{count.Key} {Output.Text(count.Value)}")));
        foreach (string state in result.Coverage.Unreached)
            Output.Console.MarkupLine($"[yellow]warning[/] never reached: {state}; run more cases");
        return new Section(name, [.. result.Rows], result.Findings, result.Completed, Reason(result));
    }

    private static string Reason(CampaignResult result)
    {
        int cases = result.Rows.Sum(row => row.Cases), dirty = result.Rows.Sum(row => row.Dirty);
        FormattableString text = result switch
        {
            { Findings.Count: > 0 } => $"{dirty} of {cases} schedules failed; stopped after the first wave with a failure",
            { Completed: false } => $"interrupted after {cases} clean schedules",
            _ => $"0 of {cases} schedules failed; at 95% confidence, fewer than {100 * 3.0 / Math.Max(1, cases):G2}% would",
        };
        return text.ToString(CultureInfo.InvariantCulture);
    }
}
