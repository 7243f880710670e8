using System.CommandLine;
using Gdn.Harness.Checks;
using Gdn.Harness.Checks.Attribution;
using Gdn.Harness.Engines;
using Gdn.Harness.Engines.Isolation;
using Gdn.Harness.Findings;
using Gdn.Harness.Kernels.Cases;
using Gdn.Harness.Kernels.Checks;
using Gdn.Harness.Models;
using Gdn.Harness.Reports;
using Gdn.Harness.Schedules;
using Gdn.Reference;
using Gdn.Reference.Kernels;
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
        Option<TimeSpan?> timeout = CommonOptions.EngineTimeout();
        Option<string?> json = CommonOptions.Json();
        var server = new ServerArguments();
        var command = new Command("replay", "Run a finding again.") { file, engine, model, timeout, json };
        server.AddTo(command);
        command.SetAction(async (parsed, cancellation) =>
        {
            string path = parsed.GetRequiredValue(file);
            ReplayFile replay = ReplayFile.Read(path);
            return replay.Round is { } round
                ? await LiveReplay.RunAsync(path, replay, round, parsed, server, parsed.GetValue(json), cancellation)
                : Run(
                    path, replay, parsed.GetValue(engine), parsed.GetValue(model), parsed.GetValue(json),
                    CommonOptions.IsolationOf(parsed, timeout, cancellation));
        });
        return command;
    }

    private static int Run(
        string path, ReplayFile file, string? engineName, string? modelName, string? json, IsolationOptions isolation)
    {
        using NamedEngine engine = EngineCatalog.Parse(engineName ?? file.Engine, isolation);
        (string? evidence, FindingCause? cause, string checkedWhat) = file.KernelCase is { } text
            ? RunKernel(engine, text)
            : RunSchedule(path, file, engine, modelName, isolation.Cancellation);
        if (evidence is not null) Output.Console.WriteLine(evidence);
        if (cause is not null) Output.Console.WriteLine($"cause: {cause.State}");
        if (cause?.Layer is { } layer) Output.Console.WriteLine($"first wrong layer: {layer}");

        string id = Path.GetFileNameWithoutExtension(path);
        (Verdict verdict, ReportFinding[] findings) = evidence is null
            ? (Verdict.Clean, Array.Empty<ReportFinding>())
            : (Verdict.Dirty, [new ReportFinding(
                id, file.Check, evidence, path, cause?.State.ToString(), cause?.Layer?.ToString())]);
        return Output.Finish(
            new Report("replay", verdict, file.Seed, [], [], findings), json,
            evidence is null ? $"{checkedWhat}, all right" : "it is there");
    }

    private static (string? Evidence, FindingCause? Cause, string CheckedWhat) RunKernel(NamedEngine spec, string text)
    {
        using IKernelEngine engine = spec.CreateKernel();
        Output.Console.WriteLine($"replay: engine {engine.Name}, kernel case {text}");
        IReadOnlyList<KernelFinding> findings = KernelCheck.Run(engine, KernelCase.Parse(text)).Findings;
        return (findings.Count > 0 ? string.Join('\n', findings) : null, null, "every property of the kernel case");
    }

    private static (string? Evidence, FindingCause? Cause, string CheckedWhat) RunSchedule(
        string path, ReplayFile file, NamedEngine engine, string? modelName, CancellationToken cancellation)
    {
        IModelCheck check = ModelChecks.Named(file.Check);
        LoadedModel model = LoadedModel.Load(modelName ?? file.Model!);
        if (model.Sha256 != file.ModelSha256)
            throw new InputException(
                $"{path}: modelSha256", $"'{model.Name}' is {model.Sha256[..12]}..., not {file.ModelSha256}",
                "name the model that the finding was made with, by --model");
        Schedule schedule = file.PlayableSchedule(path, model.Limits);

        Output.Head("replay", engine.Name, model, file.Seed);
        foreach (string step in ScheduleText.Describe(schedule)) Output.Console.WriteLine($"  {step}");
        var @case = new ModelCase(schedule, engine, model);
        CheckOutcome outcome = check.RunGuarded(@case, cancellation);
        FindingCause? cause = outcome.Discrepancy is null ? null : FindingCause.Of(@case, check, cancellation);
        return (outcome.Discrepancy?.Summary, cause, $"{Output.Text(outcome.Rows)} rows compared");
    }
}
