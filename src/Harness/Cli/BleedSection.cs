using System.Globalization;
using Gdn.Harness.Campaigns;
using Gdn.Harness.Reports;
using Gdn.Harness.Traffic;
using Spectre.Console;

namespace Gdn.Harness.Cli;

/// <summary>A sweep of np and traffic patterns.</summary>
internal static class BleedSection
{
    /// <summary>Runs and prints it.</summary>
    public static Section Run(BleedOptions options, CancellationToken cancellation)
    {
        string name = $"bleed, {options.Model.Name}";
        Output.Head(name, options.Engine.Name, options.Model, options.Seed);
        BleedResult result = LiveProgress.Run(
            name, options.Slots.Count * options.Scenarios.Count * options.Rounds,
            step => BleedCampaign.Run(options, step, cancellation));

        Table table = Output.Table(
            3, "np", "scenario", "verdict", "dirty rounds", "sequences", "tokens", "rows compared", "rows wrong");
        foreach (BleedRow row in result.Rows)
            table.AddRow(
                Output.Text(row.Slots), row.Scenario.Name(), Output.Mark(VerdictOf(row, options)),
                string.Create(CultureInfo.InvariantCulture, $"{row.DirtyRounds} of {row.Rounds}"),
                Output.Text(row.Sequences), Output.Text(row.Tokens), Output.Text(row.Rows), Output.Text(row.WrongRows));
        Output.Console.Write(table);
        return new Section(name, [.. result.Rows], result.Findings, result.Completed, Reason(result));
    }

    private static Verdict VerdictOf(BleedRow row, BleedOptions options) => row.DirtyRounds > 0 ? Verdict.Dirty
        : row.Rounds == options.Rounds ? Verdict.Clean : Verdict.Inconclusive;

    private static string Reason(BleedResult result)
    {
        int rounds = result.Rows.Sum(row => row.Rounds), dirty = result.Rows.Sum(row => row.DirtyRounds);
        string text = string.Create(CultureInfo.InvariantCulture, $"{dirty} of {rounds} rounds bled");
        return result.Completed ? text : text + ", interrupted";
    }
}
