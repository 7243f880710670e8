using Gdn.Harness.Campaigns;
using Gdn.Harness.Faults;
using Gdn.Harness.Models;
using Gdn.Optimized.Batching;
using Gdn.Reference.Engines;
using Xunit;

namespace Gdn.Properties.Optimized.Batching;

/// <summary>
/// The batched engine on a device that shares no code with the CPU's passes the model-level checks, and every fault of routing
/// and plans shows on it as it does on the CPU.
/// </summary>
public class PlainDeviceTests
{
    // With a device that takes ragged batches, and with one for which they are split.
    private sealed class OnPlainDevice(bool runsRagged, Func<BatchedOptions, BatchedOptions>? plant = null) : IEngineFactory
    {
        public string Name => "plain device";

        public IModelEngine Create(EngineOptions engine)
        {
            var options = new BatchedOptions { Engine = engine };
            if (plant is not null) options = plant(options);
            return new BatchedEngine(Name, options, new PlainDevice(options, runsRagged));
        }
    }

    [Theory]
    [InlineData("synth:qwen35:1:small", true)]
    [InlineData("synth:qwen35:1:small", false)]
    [InlineData("synth:qwen35moe:1:small", true)]
    [InlineData("synth:qwen3next:1:small", true)]
    [InlineData("synth:qwen3moe:1:small", true)]
    public void Check_SecondDevice_IsClean(string model, bool runsRagged)
    {
        ScheduleResult result = Check(new OnPlainDevice(runsRagged), model, cases: 48);
        Assert.Empty(result.Findings.Select(finding => finding.Summary));
        Assert.True(result.Rows.Sum(row => row.Rows) > 2000);
    }

    public static TheoryData<string> PlantedFaults =>
        new(FaultCatalog.Faults.Where(fault => fault.Plant is not null).Select(fault => fault.Id));

    [Theory]
    [MemberData(nameof(PlantedFaults))]
    public void Check_PlantedFault_IsFoundOnTheSecondDevice(string id) => Assert.NotEmpty(
        Check(new OnPlainDevice(runsRagged: true, FaultCatalog.Named(id).Plant), "synth:qwen35:1:small", cases: 256).Findings);

    private static ScheduleResult Check(IEngineFactory engine, string model, int cases) => new ScheduleCampaign(
        new ScheduleOptions(engine, LoadedModel.Load(model), Seed: 11, cases, Slots: [1, 2, 3, 4, 6, 8])).Run(
        null, CancellationToken.None);
}
