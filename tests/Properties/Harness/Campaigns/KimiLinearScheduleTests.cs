using Gdn.Harness.Campaigns;
using Gdn.Harness.Engines;
using Gdn.Harness.Models;
using Gdn.Harness.Reports;
using Gdn.Properties.Support;
using Xunit;

namespace Gdn.Properties.Harness.Campaigns;

/// <summary>Schedules on a model with a gate per key channel and latent attention: both plain engines are clean, faults show.</summary>
public class KimiLinearScheduleTests
{
    private static readonly LoadedModel Model = LoadedModel.Load("synth:kimi-linear:1:small");

    [Theory]
    [InlineData("cpu", Verdict.Clean)]
    [InlineData("reference", Verdict.Clean)]
    [InlineData("cpu+fault:none", Verdict.Clean)]
    [InlineData("cpu+fault:gr-shape-key", Verdict.Dirty)]
    [InlineData("cpu+fault:slot-reuse-no-zero", Verdict.Dirty)]
    [InlineData("cpu+fault:per-step-off-by-one", Verdict.Dirty)]
    public async Task RunAsync_Engine_IsJudgedRightly(string name, Verdict expected)
    {
        using NamedEngine engine = EngineCatalog.ParseForModels(name);
        Part part = await new ScheduleCampaign(new ScheduleOptions(engine, Model, Seed: 1, Cases: 32, Slots: [1, 2, 3, 4]))
            .RunAsync(new NoProgress(), TestContext.Current.CancellationToken);
        Assert.Equal(expected, part.Verdict);
    }
}
