using System.CommandLine;
using Gdn.Harness.Campaigns;
using Gdn.Harness.Engines;
using Gdn.Harness.Engines.Isolation;
using Gdn.Harness.Gate;
using Gdn.Harness.Kernels.Cases;
using Gdn.Harness.Models;
using Gdn.Harness.Traffic;

namespace Gdn.Harness.Cli;

/// <summary><c>gate</c>: the main job, one verdict.</summary>
internal static class GateCommand
{
    private const string KernelCases = "kernel cases";

    public static Command Create()
    {
        Option<string?> config = new("--config")
        {
            Description = "Settings file, like ci/gate.json. [default: the shipped settings]",
            HelpName = "FILE",
        };
        Option<string?> engine = new("--engine")
        {
            Description = "Engine to judge instead of the one in the settings.",
            HelpName = "E",
        };
        Option<TimeSpan?> timeout = CommonOptions.EngineTimeout();
        Option<string> output = CommonOptions.Out();
        Option<string?> known = CommonOptions.Known();
        ReportOptions reports = new();
        var command = new Command("gate", "The main job: kernel cases, schedules and bleed, with one verdict.")
        {
            config, engine, known, timeout, output,
        };
        reports.AddTo(command);
        command.SetAction((parsed, cancellation) =>
        {
            GateConfig settings = GateConfig.Load(parsed.GetValue(config));
            var session = new Session("gate", settings.Seed, parsed.GetRequiredValue(output), reports.Of(parsed))
            {
                Policy = CommonOptions.PolicyOf(parsed, known),
            };
            return RunAsync(
                settings, parsed.GetValue(engine), session, CommonOptions.IsolationOf(parsed, timeout, cancellation));
        });
        return command;
    }

    private static async Task<int> RunAsync(
        GateConfig config, string? engineName, Session session, IsolationOptions isolation)
    {
        CancellationToken cancellation = isolation.Cancellation;
        using NamedEngine engine = EngineCatalog.Parse(engineName ?? config.Engine, isolation);
        IReadOnlyList<int> scheduleNp = IntRange.Parse("scheduleNp", config.ScheduleNp);
        IReadOnlyList<int> bleedNp = IntRange.Parse("bleedNp", config.BleedNp);
        // Every model is read before the first case is run.
        LoadedModel[] models = [.. config.Models.Select(LoadedModel.Load)];
        LoadedModel bleedModel = models.FirstOrDefault(model => model.Name == config.BleedModel)
            ?? LoadedModel.Load(config.BleedModel);

        if (config.KernelCases == 0) session.LeaveOut(KernelCases, "the settings ask for none");
        else if (!engine.HasKernel)
            session.CannotRun(
                KernelCases, $"{engine.Name} has no kernel of its own; set kernelCases to 0 to do without them");
        else
        {
            var cases = new KernelCaseRunner(config.Seed, config.KernelCases) { Shapes = ShapeSelection.All };
            await session.TryRunAsync(new KernelCampaign(engine, cases), cancellation);
            if (engine.HasConv) await session.TryRunAsync(new ConvCampaign(engine, cases), cancellation);
        }

        foreach (LoadedModel model in models)
            await session.TryRunAsync(
                new ScheduleCampaign(new ScheduleOptions(engine, model, config.Seed, config.SchedulesPerModel, scheduleNp)),
                cancellation);
        await session.TryRunAsync(
            new BleedCampaign(
                new BleedOptions(engine, bleedModel, config.Seed, bleedNp, Scenarios.InProcess, config.BleedRounds)),
            cancellation);
        return await session.FinishAsync();
    }
}
