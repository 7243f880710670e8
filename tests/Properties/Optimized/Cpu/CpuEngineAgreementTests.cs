using Gdn.Harness;
using Gdn.Harness.Schedules;
using Gdn.Properties.Support;
using Gdn.Reference.Batches;
using Gdn.Reference.Models;
using Xunit;

namespace Gdn.Properties.Optimized.Cpu;

/// <summary>The engine is the reference, up to rounding, on random schedules over every architecture.</summary>
public class CpuEngineAgreementTests(ITestOutputHelper output)
{
    private const int Slots = 4, MaxBatchTokens = 96, Schedules = 16;

    public static TheoryData<Architecture, ulong> Cases()
    {
        var cases = new TheoryData<Architecture, ulong>();
        foreach (Architecture architecture in Enum.GetValues<Architecture>())
            for (ulong seed = 1; seed <= 4; seed++) cases.Add(architecture, seed);
        return cases;
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void Play_RandomSchedules_AgreesWithDoubleReference(Architecture architecture, ulong seed)
    {
        var model = new RandomModel(architecture, seed);
        BatchLimits limits = model.Limits(Slots, MaxBatchTokens);
        Schedule schedule = LongSchedule.Of(seed, limits, Schedules);
        var lockstep = new Lockstep(
            model, model.Options(Slots, MaxBatchTokens, model.Config.MaxPositions, schedule.Planes), $"{architecture} seed {seed}");
        schedule.Play(limits, lockstep, TestContext.Current.CancellationToken);

        output.WriteLine(
            $"{lockstep.Rows} rows, {lockstep.Ties} ties, error / noise {lockstep.Ratio:F2}; "
            + $"{lockstep.Engine.Counters}");
        lockstep.Verify();
        Assert.True(lockstep.Rows > 4 * lockstep.Ties, $"{lockstep.Ties} ties leave {lockstep.Rows} rows");
        // The schedules must have reached every way of running.
        Assert.True(lockstep.Engine.Counters is
        { BatchedRuns: > 0, InPlaceRuns: > 0, SplitBatches: 0, Fallbacks: 0, PlanHits: > 0, PlanMisses: > 0 });
    }

    [Theory]
    [InlineData(Architecture.Qwen35)]
    [InlineData(Architecture.Qwen3Moe)]
    public void Decode_LongSequence_AgreesWithDoubleReference(Architecture architecture)
    {
        var model = new RandomModel(architecture, 5);
        var lockstep = new Lockstep(
            model, model.Options(1, model.Config.MaxPositions, model.Config.MaxPositions), $"{architecture} long");
        int[] tokens = Batch.Tokens(new SeededRandom(5), model.Config.Vocabulary, model.Config.MaxPositions);

        lockstep.Decode(Batch.Of(Batch.Run(0, 0, tokens[..200])));
        for (int t = 200; t < tokens.Length; t++) lockstep.Decode(Batch.Of(Batch.Run(0, t, tokens[t])));

        lockstep.Verify();
        Assert.True(lockstep.Rows > 200, $"only {lockstep.Rows} rows before a router tie");
    }
}
