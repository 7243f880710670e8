using System.Globalization;
using Gdn.Harness.Bleed;
using Gdn.Harness.Campaigns;
using Gdn.Harness.Clients;
using Gdn.Harness.Metrics;
using Gdn.Harness.Reports;
using Gdn.Harness.Traffic;
using Spectre.Console;

namespace Gdn.Harness.Cli;

/// <summary>A sweep of np and traffic patterns on a live server.</summary>
internal static class LiveBleedSection
{
    /// <summary>Runs and prints it, and writes the report and a script for each finding.</summary>
    /// <param name="options">What to run.</param>
    /// <param name="folder">Where the report goes.</param>
    /// <param name="command">A command line that runs it again.</param>
    /// <param name="cancellation">Ends it early; what was found is written.</param>
    public static (Section Section, Exception? Failure) Run(
        LiveBleedOptions options, string folder, string command, CancellationToken cancellation)
    {
        ServerInfo server = options.Server.Info;
        string name = $"bleed, {server.Address}";
        string slots = server.Slots is { } told ? Output.Text(told) : "not told";
        Output.Console.WriteLine(
            $"{name}: {server.Name}, model {server.Model ?? "not told"}, slots {slots}, seed {Output.Text(options.Seed)}");
        LiveBleedResult result = LiveProgress.Run(
            name, options.Rounds * options.Scenarios.Sum(s => LiveBleedCampaign.SlotsOf(s, options.Slots).Count),
            step => LiveBleedCampaign.RunAsync(options, step, cancellation).GetAwaiter().GetResult());

        if (result.Noise is { } noise)
            Output.Console.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"noise, alone: log-probabilities move by {noise.Median:G2} nats (median), at most {noise.Largest:G2}, ")
                + $"over {Output.Text(noise.Rows)} positions");
        if (result.Control is { } control) Output.Console.WriteLine($"positive control: {BugReport.Text(control)}");
        Print(result.Rows);
        Directory.CreateDirectory(folder);
        File.WriteAllText(Path.Combine(folder, "report.md"), BugReport.Markdown(server, options, result, command));
        foreach (RoundResult dirty in result.Dirty)
            File.WriteAllText(
                Path.Combine(folder, $"repro-{dirty.Round.Scenario.Name()}.sh"), ReproScript.Write(dirty, server));
        Output.Console.WriteLine($"report: {Path.Combine(folder, "report.md")}");

        // With nothing but skipped rows, nothing was shown.
        LiveBleedRow[] judged = [.. result.Rows.Where(row => !row.IsSkipped)];
        bool clean = result.Failure is null && judged.Length > 0 && judged.All(row => row.Verdict == Verdict.Clean);
        return (
            new Section(
                name, [.. result.Rows], [.. result.Dirty.Select(dirty => Evidence.Finding(dirty, server, options.Seed))],
                clean, Reason(result)),
            result.Failure);
    }

    private static void Print(IReadOnlyList<LiveBleedRow> rows)
    {
        Table table = Output.Table(
            3, "np", "scenario", "verdict", "dirty rounds", "rate, 95%", "compared", "ties", "at once", "rests on");
        foreach (LiveBleedRow row in rows)
            table.AddRow(
                Output.Text(row.Slots), row.Scenario.Name(), row.IsSkipped ? "skipped" : Output.Mark(row.Verdict),
                string.Create(CultureInfo.InvariantCulture, $"{row.DirtyRounds} of {row.Rounds}"),
                $"{BinomialRate.Percent(row.RateLow)} to {BinomialRate.Percent(row.RateHigh)}",
                Output.Text(row.RowsCompared), Output.Text(row.Ties), Output.Text(row.Overlap), Markup.Escape(row.Reason));
        Output.Console.Write(table);
    }

    private static string Reason(LiveBleedResult result)
    {
        int skipped = result.Rows.Count(row => row.IsSkipped);
        int rounds = result.Rows.Sum(row => row.IsSkipped ? 0 : row.Rounds), dirty = result.Rows.Sum(row => row.DirtyRounds);
        int inconclusive = result.Rows.Count(row => row.Verdict == Verdict.Inconclusive) - skipped;
        string text = string.Create(CultureInfo.InvariantCulture, $"{dirty} of {rounds} rounds bled");
        if (inconclusive > 0)
            text += string.Create(CultureInfo.InvariantCulture, $", {inconclusive} of {result.Rows.Count} rows inconclusive");
        if (skipped > 0)
            text += string.Create(
                CultureInfo.InvariantCulture,
                $", {skipped} skipped that the server is not set up for: name them by --scenario if it should be");
        return result.Failure is { } failure ? $"{text}; ended by {failure.Message}" : text;
    }
}
