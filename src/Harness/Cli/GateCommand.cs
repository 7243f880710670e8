using System.CommandLine;
using Gdn.Harness.Campaigns;
using Gdn.Harness.Engines;
using Gdn.Harness.Engines.Isolation;
using Gdn.Harness.Findings;
using Gdn.Harness.Gate;
using Gdn.Harness.Reports.Writers;
using Gdn.Reference;

namespace Gdn.Harness.Cli;

/// <summary><c>gate</c>: the main job, one verdict.</summary>
internal static class GateCommand
{
    private const string ReportExtension = ".json";

    private static readonly Option<string?> Config = new("--config")
    {
        Description = "Settings file, like ci/gate.json. [default: the shipped settings]",
        HelpName = "FILE",
    };

    private static readonly Option<string?> Engine = new("--engine")
    {
        Description = "Engine to judge instead of the one in the settings: any that 'check' takes.",
        HelpName = "E",
    };

    private static readonly Option<string> Profile = new Option<string>("--profile")
    {
        Description = "What of the settings to run: full, or quick for a change that is still being worked on.",
        DefaultValueFactory = _ => "full",
    }.AcceptOnlyFromAmong("full", "quick");

    private static readonly Option<string?> Baseline = new("--baseline")
    {
        Description = "A report of an earlier run (.json), whose findings do not fail this one, and whose perplexity and speed this one "
            + "must have where both can be compared; or an engine, whose perplexity and speed this one must have.",
        HelpName = "FILE|E",
    };

    private static readonly Option<bool> UpdateBaseline = new("--update-baseline")
    {
        Description = "Write the report of this run to the file of --baseline.",
    };

    private static readonly Option<string> Out = CommonOptions.Out();

    private static readonly Option<string?> Known = CommonOptions.Known();

    private static readonly Option<TimeSpan?> EngineTimeout = CommonOptions.EngineTimeout();

    private static readonly ReportOptions Reports = new();

    public static Command Create()
    {
        var command = new Command("gate", "The main job: kernels, schedules, bleed, drafts, perplexity and speed of an engine, and a server, with one verdict.")
        {
            Config, Engine, Profile, Baseline, UpdateBaseline, Known, EngineTimeout, Out,
        };
        Reports.AddTo(command);
        Engine.CompletionSources.Add(EngineCatalog.Examples);
        command.Validators.Add(result =>
        {
            if (result.GetValue(UpdateBaseline) && !IsReport(result.GetValue(Baseline)))
                result.AddError("--update-baseline needs a file to write: name it with --baseline FILE.json");
        });
        command.SetAction(RunAsync);
        return command;
    }

    private static async Task<int> RunAsync(ParseResult parsed, CancellationToken cancellation)
    {
        GateConfig config = GateConfig.Load(parsed.GetValue(Config));
        IsolationOptions isolation = CommonOptions.IsolationOf(parsed, EngineTimeout, cancellation);
        string? baseline = parsed.GetValue(Baseline);
        ReportTargets targets = Reports.Of(parsed);
        if (parsed.GetValue(UpdateBaseline)) targets = targets with { Files = [.. targets.Files, new ReportFile(new JsonWriter(), baseline)] };
        var session = new Session("gate", config.Seed, parsed.GetRequiredValue(Out), targets) { Policy = new() { Known = KnownOf(parsed, config) } };
        // On the command line, a path is one from here.
        using NamedEngine engine = EngineCatalog.Parse(parsed.GetValue(Engine) ?? config.ResolveEngine(config.Engine), isolation);
        using NamedEngine? reference =
            baseline is null || IsReport(baseline) ? null : EngineCatalog.ParseForModels(baseline, isolation);
        var run = new GateRun(config, PartsOf(parsed, config), engine, reference, session, parsed.GetRequiredValue(Out), cancellation)
        {
            // A baseline that is to be written anew is not what this run has to be like.
            Saved = IsReport(baseline) && !parsed.GetValue(UpdateBaseline) ? SavedReport.Read(baseline!) : null,
        };
        return await run.RunAsync();
    }

    private static GateParts PartsOf(ParseResult parsed, GateConfig config) =>
        parsed.GetRequiredValue(Profile) == "full"
            ? config.Parts
            : config.Quick ?? throw new InputException(Profile.Name, "the settings have no quick run", "add 'quick' to them, with parts as in 'parts'");

    private static KnownFindings KnownOf(ParseResult parsed, GateConfig config)
    {
        string? path = parsed.GetValue(Known) ?? (config.Known is { } own ? config.Resolve(own) : null);
        KnownFindings known = path is null ? KnownFindings.None : KnownFindings.Read(path);
        string? baseline = parsed.GetValue(Baseline);
        // The first run makes it.
        bool isMissing = parsed.GetValue(UpdateBaseline) && !File.Exists(baseline);
        return IsReport(baseline) && !isMissing ? known.With(KnownFindings.OfReport(baseline!)) : known;
    }

    private static bool IsReport(string? baseline) =>
        baseline?.EndsWith(ReportExtension, StringComparison.OrdinalIgnoreCase) == true && !ForeignEngines.Includes(baseline);
}
