using System.CommandLine;
using Gdn.Harness.Campaigns;
using Gdn.Harness.Engines;
using Gdn.Harness.Engines.Isolation;
using Gdn.Harness.Gate;
using Gdn.Harness.Models;
using Gdn.Harness.Traffic;

namespace Gdn.Harness.Cli;

/// <summary><c>gate</c>: the main job, one verdict.</summary>
internal static class GateCommand
{
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
        Option<string?> json = CommonOptions.Json(), markdown = CommonOptions.Markdown();
        var command = new Command("gate", "The main job: kernel cases, schedules and bleed, with one verdict.")
        {
            config, engine, timeout, output, json, markdown,
        };
        command.SetAction((parsed, cancellation) =>
        {
            GateConfig settings = GateConfig.Load(parsed.GetValue(config));
            var session = new Session(
                "gate", settings.Seed, parsed.GetRequiredValue(output), parsed.GetValue(json), parsed.GetValue(markdown));
            return RunAsync(
                settings, parsed.GetValue(engine), session, CommonOptions.IsolationOf(parsed, timeout, cancellation));
        });
        return command;
    }

    private static async Task<int> RunAsync(
        GateConfig config, string? engineName, Session session, IsolationOptions isolation)
    {
        CancellationToken cancellation = isolation.Cancellation;
        using NamedEngine engine = EngineCatalog.ParseForModels(engineName ?? config.Engine, isolation);
        IReadOnlyList<int> scheduleNp = IntRange.Parse("scheduleNp", config.ScheduleNp);
        IReadOnlyList<int> bleedNp = IntRange.Parse("bleedNp", config.BleedNp);
        if (engine.HasKernel)
            await session.RunAsync(
                new KernelCampaign(engine, new KernelCaseRunner(config.Seed, config.KernelCases)), cancellation);
        else session.LeaveOutKernelCases(engine);
        foreach (string model in config.Models)
            await session.RunAsync(
                new ScheduleCampaign(new ScheduleOptions(
                    engine, LoadedModel.Load(model), config.Seed, config.SchedulesPerModel, scheduleNp)),
                cancellation);
        await session.RunAsync(
            new BleedCampaign(new BleedOptions(
                engine, LoadedModel.Load(config.BleedModel), config.Seed, bleedNp, Scenarios.InProcess, config.BleedRounds)),
            cancellation);
        return await session.FinishAsync();
    }
}
