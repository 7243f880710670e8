using System.CommandLine;
using System.Diagnostics;
using System.Globalization;
using Gdn.Harness.Bleed;
using Gdn.Harness.Checks;
using Gdn.Harness.Engines;
using Gdn.Harness.Gate;
using Gdn.Harness.Models;
using Gdn.Harness.Reports;
using Spectre.Console;

namespace Gdn.Harness.Cli;

/// <summary><c>gate</c>: the main job, one verdict.</summary>
internal static class GateCommand
{
    /// <summary>A part of the gate, as a row of its last table.</summary>
    private sealed record Part(string Name, string Verdict, string Reason, double Seconds);

    public static Command Create()
    {
        Option<string?> config = new("--config")
        {
            Description = "Settings, as in ci/gate.json; the shipped ones if left out.",
            HelpName = "FILE",
        };
        Option<string?> engine = new("--engine")
        {
            Description = "Another engine than the settings name.",
            HelpName = "E",
        };
        Option<string> output = CommonOptions.Out();
        Option<string?> json = CommonOptions.Json();
        var command = new Command("gate", "The main job: kernel cases, schedules and bleed, with one verdict.")
        {
            config, engine, output, json,
        };
        command.SetAction((parsed, cancellation) => Task.FromResult(Run(
            GateConfig.Load(parsed.GetValue(config)), parsed.GetValue(engine), parsed.GetRequiredValue(output),
            parsed.GetValue(json), cancellation)));
        return command;
    }

    private static int Run(
        GateConfig config, string? engineName, string folder, string? json, CancellationToken cancellation)
    {
        EngineSpec engine = EngineSpec.Parse(engineName ?? config.Engine);
        var parts = new List<Part>();
        var saved = new List<ReportFinding>();
        var verdicts = new List<Verdict>();

        void Add(string name, IReadOnlyList<Finding> findings, bool completed, string reason, Stopwatch watch)
        {
            IReadOnlyList<ReportFinding> files = Report.Save(findings, folder);
            Output.Findings(findings, files);
            saved.AddRange(files);
            verdicts.Add(files.Count > 0 ? Verdict.Dirty : completed ? Verdict.Clean : Verdict.Inconclusive);
            parts.Add(new Part(name, verdicts[^1].ToString().ToLowerInvariant(), reason, watch.Elapsed.TotalSeconds));
        }

        foreach (string name in config.Models)
        {
            var watch = Stopwatch.StartNew();
            LoadedModel model = LoadedModel.Load(name);
            Output.Head("schedules", engine.Name, model, config.Seed);
            var options = new CampaignOptions(
                engine, model, config.Seed, config.SchedulesPerModel, IntRange.Parse("scheduleNp", config.ScheduleNp));
            CampaignResult result = LiveProgress.Run(
                $"schedules, {name}", options.Cases, step => ModelCampaign.Run(options, step, cancellation));
            CheckCommand.Print(result);
            Add($"schedules, {name}", result.Findings, result.Completed, CheckCommand.Reason(result), watch);
        }

        {
            var watch = Stopwatch.StartNew();
            LoadedModel model = LoadedModel.Load(config.BleedModel);
            Output.Head("bleed", engine.Name, model, config.Seed);
            var options = new BleedOptions(
                engine, model, config.Seed, IntRange.Parse("bleedNp", config.BleedNp), Enum.GetValues<Scenario>(),
                config.BleedRounds);
            BleedResult result = LiveProgress.Run(
                "bleed", options.Slots.Count * options.Scenarios.Count * options.Rounds,
                step => BleedCampaign.Run(options, step, cancellation));
            BleedCommand.Print(result);
            Add($"bleed, {config.BleedModel}", result.Findings, result.Completed, BleedCommand.Reason(result), watch);
        }

        Table table = Output.Table(3, "part", "verdict", "", "seconds");
        foreach (Part part in parts)
            table.AddRow(
                Markup.Escape(part.Name), part.Verdict, Markup.Escape(part.Reason),
                part.Seconds.ToString("F1", CultureInfo.InvariantCulture));
        Output.Console.Write(table);
        Verdict verdict = verdicts.Contains(Verdict.Dirty) ? Verdict.Dirty : verdicts.Max();
        return Output.Finish(
            new Report("gate", verdict, config.Seed, [.. parts], saved), json,
            $"{verdicts.Count(v => v == Verdict.Clean)} of {verdicts.Count} parts clean");
    }
}
