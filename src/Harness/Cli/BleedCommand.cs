using System.CommandLine;
using System.Globalization;
using Gdn.Harness.Bleed;
using Gdn.Harness.Engines;
using Gdn.Harness.Models;
using Gdn.Harness.Reports;
using Gdn.Reference;
using Spectre.Console;

namespace Gdn.Harness.Cli;

/// <summary><c>bleed</c>: do concurrent sequences read each other's state?</summary>
internal static class BleedCommand
{
    private const int DefaultRounds = 4;

    public static Command Create()
    {
        Option<string> engine = CommonOptions.Engine(), model = CommonOptions.Model(), output = CommonOptions.Out();
        Option<IReadOnlyList<int>> np = CommonOptions.Parallel("2..8");
        Option<IReadOnlyList<Scenario>> scenarios = new("--scenario")
        {
            Description = $"Traffic patterns, comma-separated: {string.Join(", ", Names)} [default: all].",
            HelpName = "NAME,...",
            CustomParser = result => CommonOptions.Parse(result, Scenarios),
            DefaultValueFactory = _ => Enum.GetValues<Scenario>(),
        };
        Option<int> rounds = CommonOptions.Count("--rounds", "Rounds per np and scenario, with other prompts.", DefaultRounds);
        Option<ulong> seed = CommonOptions.Seed();
        Option<string?> json = CommonOptions.Json();
        var command = new Command("bleed", "Concurrency bleed: each sequence in company against itself alone.")
        {
            engine, model, np, scenarios, rounds, seed, output, json,
        };
        command.SetAction((parsed, cancellation) => Task.FromResult(Run(
            new BleedOptions(
                EngineSpec.Parse(parsed.GetRequiredValue(engine)),
                LoadedModel.Load(parsed.GetRequiredValue(model)),
                parsed.GetValue(seed),
                parsed.GetRequiredValue(np),
                parsed.GetRequiredValue(scenarios),
                parsed.GetValue(rounds)),
            parsed.GetRequiredValue(output),
            parsed.GetValue(json),
            cancellation)));
        return command;
    }

    private static IEnumerable<string> Names => Enum.GetNames<Scenario>().Select(name => name.ToLowerInvariant());

    private static int Run(BleedOptions options, string folder, string? json, CancellationToken cancellation)
    {
        Output.Head("bleed", options.Engine.Name, options.Model, options.Seed);
        BleedResult result = LiveProgress.Run(
            "rounds", options.Slots.Count * options.Scenarios.Count * options.Rounds,
            step => BleedCampaign.Run(options, step, cancellation));
        Print(result);
        IReadOnlyList<ReportFinding> findings = Report.Save(result.Findings, folder);
        Output.Findings(result.Findings, findings);
        Verdict verdict = findings.Count > 0 ? Verdict.Dirty : result.Completed ? Verdict.Clean : Verdict.Inconclusive;
        return Output.Finish(
            new Report("bleed", verdict, options.Seed, [.. result.Rows], findings), json, Reason(result));
    }

    /// <summary>Prints a sweep's table.</summary>
    public static void Print(BleedResult result)
    {
        Table table = Output.Table(
            2, "np", "scenario", "verdict", "dirty rounds", "sequences", "tokens", "rows compared", "rows wrong");
        foreach (BleedRow row in result.Rows)
            table.AddRow(
                Output.Text(row.Slots), row.Scenario.ToString().ToLowerInvariant(), Output.Mark(row.DirtyRounds > 0),
                string.Create(CultureInfo.InvariantCulture, $"{row.DirtyRounds} of {row.Rounds}"),
                Output.Text(row.Sequences), Output.Text(row.Tokens), Output.Text(row.Rows), Output.Text(row.WrongRows));
        Output.Console.Write(table);
    }

    /// <summary>What the verdict rests on.</summary>
    public static string Reason(BleedResult result)
    {
        int rounds = result.Rows.Sum(row => row.Rounds), dirty = result.Rows.Sum(row => row.DirtyRounds);
        string text = string.Create(CultureInfo.InvariantCulture, $"{dirty} of {rounds} rounds bled");
        return result.Completed ? text : text + ", interrupted";
    }

    private static IReadOnlyList<Scenario> Scenarios(string text) =>
        [.. text.Split(',').Select(name => Names.Contains(name)
            ? Enum.Parse<Scenario>(name, ignoreCase: true)
            : throw new InputException("--scenario", $"'{name}' does not exist", $"use {string.Join(", ", Names)}"))];
}
