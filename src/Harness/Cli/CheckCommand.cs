using System.CommandLine;
using System.Globalization;
using Gdn.Harness.Checks;
using Gdn.Harness.Engines;
using Gdn.Harness.Models;
using Gdn.Harness.Reports;
using Gdn.Reference;
using Spectre.Console;

namespace Gdn.Harness.Cli;

/// <summary><c>check</c>: random schedules against every check.</summary>
internal static class CheckCommand
{
    private const int DefaultCases = 500;

    public static Command Create()
    {
        Option<string> engine = CommonOptions.Engine(), model = CommonOptions.Model(), output = CommonOptions.Out();
        Option<int> cases = CommonOptions.Count("--cases", "Random schedules to run.", DefaultCases);
        Option<TimeSpan?> time = CommonOptions.Time();
        Option<ulong> seed = CommonOptions.Seed();
        Option<IReadOnlyList<int>> np = CommonOptions.Parallel("1..8");
        Option<(int Index, int Count)> shard = new("--shard")
        {
            Description = "Run only part i of n, counted from 1.",
            HelpName = "i/n",
            CustomParser = result => CommonOptions.Parse(result, Shard),
            DefaultValueFactory = _ => (0, 1),
        };
        Option<string?> json = CommonOptions.Json();
        var command = new Command(
            "check", "Random schedules against an engine: non-interference, differential, split invariance.")
        {
            engine, model, cases, time, seed, np, shard, output, json,
        };
        command.SetAction((parsed, cancellation) => Task.FromResult(Run(
            new CampaignOptions(
                EngineSpec.Parse(parsed.GetRequiredValue(engine)),
                LoadedModel.Load(parsed.GetRequiredValue(model)),
                parsed.GetValue(seed),
                parsed.GetValue(cases),
                parsed.GetRequiredValue(np),
                parsed.GetValue(time),
                parsed.GetValue(shard).Index,
                parsed.GetValue(shard).Count),
            parsed.GetRequiredValue(output),
            parsed.GetValue(json),
            cancellation)));
        return command;
    }

    private static int Run(CampaignOptions options, string folder, string? json, CancellationToken cancellation)
    {
        Output.Head("check", options.Engine.Name, options.Model, options.Seed);
        CampaignResult result = LiveProgress.Run(
            "schedules", options.Cases / options.Shards, step => ModelCampaign.Run(options, step, cancellation));
        Print(result);
        IReadOnlyList<ReportFinding> findings = Report.Save(result.Findings, folder);
        Output.Findings(result.Findings, findings);
        Verdict verdict = findings.Count > 0 ? Verdict.Dirty : result.Completed ? Verdict.Clean : Verdict.Inconclusive;
        return Output.Finish(
            new Report("check", verdict, options.Seed, [.. result.Rows], findings), json, Reason(result));
    }

    /// <summary>Prints a campaign's table and what its schedules did not reach.</summary>
    public static void Print(CampaignResult result)
    {
        Table table = Output.Table(1, "np", "schedules", "dirty", "tokens", "rows compared", "routing ties");
        foreach (CampaignRow row in result.Rows)
            table.AddRow(
                Output.Text(row.Slots), Output.Text(row.Cases), Output.Text(row.Dirty), Output.Text(row.Tokens),
                Output.Text(row.Rows), Output.Text(row.Ties));
        Output.Console.Write(table);
        Output.Console.WriteLine("reached: " + string.Join(
            ", ", result.Coverage.Counts.Select(count => $"{count.Key} {Output.Text(count.Value)}")));
        foreach (string state in result.Coverage.Unreached)
            Output.Console.MarkupLine($"[yellow]warning[/] never reached: {state}; run more cases");
    }

    /// <summary>What the verdict rests on.</summary>
    public static string Reason(CampaignResult result)
    {
        int cases = result.Rows.Sum(row => row.Cases), dirty = result.Rows.Sum(row => row.Dirty);
        return result switch
        {
            { Findings.Count: > 0 } => string.Create(
                CultureInfo.InvariantCulture, $"{dirty} of {cases} schedules failed; stopped at the first wave with a failure"),
            { Completed: false } => string.Create(
                CultureInfo.InvariantCulture, $"interrupted after {cases} clean schedules"),
            _ => string.Create(
                CultureInfo.InvariantCulture,
                $"0 of {cases} schedules failed: a fault that shows in {3.0 / Math.Max(1, cases):P1} of such schedules"
                + $" would have been found with 95% confidence"),
        };
    }

    private static (int Index, int Count) Shard(string text)
    {
        string[] parts = text.Split('/');
        return parts.Length == 2
            && int.TryParse(parts[0], NumberStyles.None, CultureInfo.InvariantCulture, out int index)
            && int.TryParse(parts[1], NumberStyles.None, CultureInfo.InvariantCulture, out int count)
            && index >= 1 && index <= count
            ? (index - 1, count)
            : throw new InputException("--shard", $"'{text}' is no part", "write i/n with i from 1 to n, for example 2/4");
    }
}
