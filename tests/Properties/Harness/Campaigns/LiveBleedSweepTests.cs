using Gdn.Harness.Campaigns;
using Gdn.Harness.Reports;
using Gdn.Harness.Traffic;
using Gdn.Properties.Harness.Bleed;
using Gdn.Properties.Harness.Clients;
using Gdn.Properties.Support;
using Xunit;

namespace Gdn.Properties.Harness.Campaigns;

/// <summary>Sweeps that look for the threshold, that have a time, or that end with the first dirty round.</summary>
public sealed class LiveBleedSweepTests
{
    private static LiveBleedOptions Options(ToyClient server) =>
        new(server, Seed: 3, [2, 3, 4], [Scenario.Ragged, Scenario.Steady], Rounds: 4, new RoundSizes(Answer: 24, Ubatch: 80))
        {
            Vocabulary = ToyClient.Vocabulary,
        };

    private static Task<LiveBleedResult> SweepAsync(LiveBleedOptions options) =>
        ToyClient.RunAsync(() => LiveBleedCampaign.SweepAsync(options, null, CancellationToken.None));

    private static Part PartOf(LiveBleedOptions options, LiveBleedResult result) =>
        LiveBleedPart.Of("bleed", options, result, new(), report: null);

    // A server on which each request takes its time.
    private static (ToyClient Server, ManualTime Clock) Slow(double secondsPerRequest)
    {
        var clock = new ManualTime();
        return (new ToyClient(4) { Asked = _ => clock.Advance(TimeSpan.FromSeconds(secondsPerRequest)) }, clock);
    }

    [Fact]
    public async Task Search_BleedFromNpThree_EndsThereAndNamesIt()
    {
        LiveBleedOptions options = Options(new ToyClient(4) { Spoil = ToySweep.SwapThird }) with { SearchesNp = true };
        LiveBleedResult result = await SweepAsync(options);
        Assert.Equal([2, 2, 3, 3], result.Rows.Select(row => row.Slots));
        Part part = PartOf(options, result);
        Assert.Equal(Verdict.Dirty, part.Verdict);
        Assert.StartsWith("clean at np 2, dirty from 3, in each of 2 scenarios, ", part.Basis, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Search_RightServer_IsCleanWithItsPower()
    {
        LiveBleedOptions options = Options(new ToyClient(4)) with { SearchesNp = true, Rounds = 2, NoisePrompts = 2 };
        Part part = PartOf(options, await SweepAsync(options));
        Assert.Equal((Verdict.Clean, "0 of 12 rounds dirty, a fault in 22.1% of rounds would have shown"), (part.Verdict, part.Basis));
    }

    [Fact]
    public async Task FailFast_EndsWithTheFirstDirtyRound()
    {
        LiveBleedOptions options = Options(new ToyClient(4) { Spoil = ToySweep.SwapThird }) with { FailFast = true };
        LiveBleedResult result = await SweepAsync(options);
        Assert.Equal((3, 1, 1), (result.Rows[^1].Slots, result.Rows[^1].Rounds, result.Rows.Sum(row => row.DirtyRounds)));
        Assert.Contains("--fail-fast", PartOf(options, result).Basis, StringComparison.Ordinal);
    }

    /// <summary>There are as many rounds as fit, in all rows about the same.</summary>
    [Fact]
    public async Task Time_EnoughForSome_AllRowsHaveThem()
    {
        (ToyClient server, ManualTime clock) = Slow(secondsPerRequest: 1);
        LiveBleedOptions options = Options(server) with { Rounds = 100, Time = TimeSpan.FromMinutes(5), Clock = clock };
        long start = clock.GetTimestamp();
        LiveBleedResult result = await SweepAsync(options);
        Assert.Equal((6, Verdict.Clean), (result.Rows.Count, PartOf(options, result).Verdict));
        Assert.All(result.Rows, row => Assert.InRange(row.Rounds, 2, 30));
        // It may go on to the end of a round.
        Assert.InRange(clock.GetElapsedTime(start).TotalSeconds, 200, 330);
    }

    [Fact]
    public async Task Time_NotEnoughForAll_IsInconclusiveAndSaysBeforeWhat()
    {
        (ToyClient server, ManualTime clock) = Slow(secondsPerRequest: 5);
        LiveBleedOptions options = Options(server) with { Time = TimeSpan.FromMinutes(4), Clock = clock };
        LiveBleedResult result = await SweepAsync(options);
        Assert.InRange(result.Rows.Count, 1, 5);
        Part part = PartOf(options, result);
        Assert.Equal(Verdict.Inconclusive, part.Verdict);
        Assert.Contains("its time was over before np ", part.Basis, StringComparison.Ordinal);
    }
}
