using Gdn.Harness.Campaigns;
using Gdn.Harness.Reports;
using Gdn.Properties.Support;
using Gdn.Reference.Engines;
using Xunit;

namespace Gdn.Properties.Harness.Campaigns;

public class ScheduleCampaignTests
{
    /// <summary>An engine that falls back says so in its counters, and the report shows it.</summary>
    [Fact]
    public async Task RunAsync_EngineCountsAFallback_IsReported()
    {
        var source = Counting(new EngineCounters { Batches = 2, Fallbacks = 1, PlanHits = 3, PlanMisses = 1 });
        Part part = await new ScheduleCampaign(new ScheduleOptions(source, SampleModels.Qwen35, Seed: 1, Cases: 3, Slots: [1, 2]))
            .RunAsync(new NoProgress(), CancellationToken.None);

        Table engine = part.Tables.Single(table => table.Name == "engine");
        Assert.Equal(
            ["6", "0", "3", "75%"], engine.Shown.Select(shown => Assert.Single(engine.Rows)[shown.Index].Text));
        Assert.True(engine.IsLine);
    }

    [Fact]
    public async Task RunAsync_EngineCountsNothing_IsSilent()
    {
        var source = Counting(default);
        Part part = await new ScheduleCampaign(new ScheduleOptions(source, SampleModels.Qwen35, Seed: 1, Cases: 1, Slots: [1]))
            .RunAsync(new NoProgress(), CancellationToken.None);
        Assert.Empty(part.Tables.Single(table => table.Name == "engine").Rows);
    }

    private static DeviatingSource Counting(EngineCounters counters) =>
        new("counting", engine => new CountingEngine(engine, counters));

    // Whatever it does, it has counted this in each of its runs.
    private sealed class CountingEngine(IModelEngine inner, EngineCounters counters) : ForwardingEngine(inner)
    {
        public override EngineCounters Counters => counters;
    }
}
