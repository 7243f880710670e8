using System.CommandLine;
using Gdn.Harness.Checks;
using Gdn.Harness.Engines;
using Gdn.Harness.Models;
using Gdn.Harness.Reports;
using Gdn.Harness.Schedules;
using Gdn.Reference;
using Spectre.Console;

namespace Gdn.Harness.Cli;

/// <summary><c>replay</c>: a finding again.</summary>
internal static class ReplayCommand
{
    public static Command Create()
    {
        Argument<string> file = new("FILE") { Description = "A replay file that check, bleed or gate has written." };
        Option<string?> engine = new("--engine")
        {
            Description = "Another engine than the one in the file, for example a repaired one.",
            HelpName = "E",
        };
        Option<string?> model = new("--model")
        {
            Description = "Another place of the model; its content must be the same.",
            HelpName = "M",
        };
        Option<string?> json = CommonOptions.Json();
        var command = new Command("replay", "Run a finding again.") { file, engine, model, json };
        command.SetAction((parsed, cancellation) => Task.FromResult(Run(
            parsed.GetRequiredValue(file), parsed.GetValue(engine), parsed.GetValue(model), parsed.GetValue(json),
            cancellation)));
        return command;
    }

    private static int Run(
        string path, string? engineName, string? modelName, string? json, CancellationToken cancellation)
    {
        ReplayFile file = ReplayFile.Read(path);
        EngineSpec engine = EngineSpec.Parse(engineName ?? file.Engine);
        IModelCheck check = ModelChecks.Named(file.Check);
        LoadedModel model = LoadedModel.Load(modelName ?? file.Model);
        if (model.Sha256 != file.ModelSha256)
            throw new InputException(
                $"{path}: modelSha256", $"'{model.Name}' is {model.Sha256[..12]}..., not {file.ModelSha256}",
                "name the model that the finding was made with, by --model");
        file.Validate(path, model.Limits(file.Schedule.Slots));

        Output.Head("replay", engine.Name, model, file.Seed);
        foreach (string step in ScheduleText.Describe(file.Schedule)) Output.Console.WriteLine($"  {step}");
        CheckOutcome outcome = check.RunGuarded(new ModelCase(file.Schedule, engine, model), cancellation);
        ReportFinding[] findings = outcome.Discrepancy is { } discrepancy
            ? [new ReportFinding(Path.GetFileNameWithoutExtension(path), check.Name, discrepancy.Summary, path)]
            : [];
        foreach (ReportFinding finding in findings) Output.Console.WriteLine(finding.Summary);

        Verdict verdict = findings.Length > 0 ? Verdict.Dirty : outcome.Rows > 0 ? Verdict.Clean : Verdict.Inconclusive;
        string reason = verdict switch
        {
            Verdict.Dirty => "it is there",
            Verdict.Clean => $"{Output.Text(outcome.Rows)} rows compared, all right",
            _ => "the check has nothing to compare in this schedule",
        };
        return Output.Finish(new Report("replay", verdict, file.Seed, [], [], findings), json, reason);
    }
}
