using Gdn.Harness.Campaigns;
using Gdn.Harness.Checks;
using Gdn.Harness.Findings;
using Gdn.Harness.Reports;
using Gdn.Harness.Schedules;
using Gdn.Properties.Support;
using Gdn.Reference.Engines;
using Xunit;

namespace Gdn.Properties.Harness.Findings;

/// <summary>A failure that shows in some runs of a schedule only is a finding that says so, and names no cause.</summary>
public class FlakyFindingTests
{
    private static readonly Schedule Schedule = new(
        2, 2,
        [
            new DecodeStep([new SequenceRun(0, [1, 2, 3]), new SequenceRun(1, [4, 5])]), new RollbackStep(0, 1),
            new DecodeStep([new SequenceRun(0, [6])]),
        ]);

    private static Finding Shrink(IEngineFactory engine)
    {
        var check = new DifferentialCheck();
        ModelCase @case = new(Schedule, engine, SampleModels.Qwen35);
        // Until it fails once.
        Discrepancy? seen = null;
        for (int run = 0; seen is null; run++)
        {
            Assert.True(run < 100);
            seen = check.RunGuarded(@case.Again(), CancellationToken.None).Discrepancy;
        }

        return FindingShrinker.Shrink(@case, new CheckFailure(check, seen), seed: 1, left: null, CancellationToken.None);
    }

    [Theory]
    [InlineData(true, "determinism", "not deterministic; ")]
    [InlineData(false, "differential", "runs of the same schedule; ")]
    public void Shrink_FailsInSomeRuns_SaysInHowManyAndNamesNoCause(bool isReproducible, string check, string words)
    {
        Finding finding = Shrink(new FlakySource(period: 4, isReproducible));

        Assert.Equal(check, finding.Check);
        Assert.InRange(finding.Runs!.Value, 2, 50);
        // One in four; the run that was seen first comes on top.
        Assert.InRange(finding.FailedRuns!.Value, 1, finding.Runs.Value / 4 + 2);
        Assert.Contains(
            FormattableString.Invariant($"fails {finding.FailedRuns} of {finding.Runs} runs of the same schedule"), finding.Summary,
            StringComparison.Ordinal);
        Assert.Contains(words, finding.Summary, StringComparison.Ordinal);
        Assert.Null(finding.Cause);
        Assert.Equal($"{check}/flaky/decode", finding.Fingerprint);
        // What is run again is what failed, on less than the whole schedule.
        Assert.Equal("differential", finding.Replay!.Check);
        Assert.Single(finding.Replay.Schedule!.Steps);
    }

    [Fact]
    public void Shrink_FailsInEveryRun_IsNotFlaky()
    {
        Finding finding = Shrink(new FlakySource(period: 1));
        Assert.Equal(("differential", null, null), (finding.Check, finding.FailedRuns, finding.Runs));
    }

    private static async Task<Part> ReplayAsync(IEngineFactory engine, int repeat)
    {
        var file = new ReplayFile
        {
            Schema = ReplayFile.CurrentSchema,
            Engine = "flaky",
            Check = "differential",
            Seed = 1,
            Summary = "",
        };
        return await new ScheduleReplayCampaign("r.json", file, engine, SampleModels.Qwen35, Schedule) { Repeat = repeat }
            .RunAsync(new NoProgress(), TestContext.Current.CancellationToken);
    }

    [Fact]
    public async Task Replay_Repeated_SaysHowManyRunsFail()
    {
        Part part = await ReplayAsync(new FlakySource(period: 3), repeat: 9);
        Assert.Equal((Verdict.Dirty, "3 of 9 runs fail"), (part.Verdict, part.Basis));
        Finding finding = Assert.Single(part.Findings);
        Assert.Equal((3, 9), (finding.FailedRuns, finding.Runs));
        Assert.Null(finding.Cause);
    }

    [Fact]
    public async Task Replay_RepeatedOnARepairedEngine_IsClean()
    {
        Part part = await ReplayAsync(new FlakySource(period: int.MaxValue), repeat: 9);
        Assert.Equal((Verdict.Clean, "0 of 9 runs fail"), (part.Verdict, part.Basis));
        Assert.Empty(part.Findings);
    }
}
