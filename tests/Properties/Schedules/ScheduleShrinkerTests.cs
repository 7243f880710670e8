using FsCheck.Xunit;
using Gdn.Harness.Schedules;
using Gdn.Reference.Batches;
using Xunit;

namespace Gdn.Properties.Schedules;

public class ScheduleShrinkerTests
{
    private static readonly BatchLimits Limits = new(Vocabulary: 256, MaxSequences: 6, MaxBatchTokens: 512, MaxPositions: 4096);

    [Property(MaxTest = 100)]
    public void Shrink_AnyFailure_StaysPossibleAndFailing(ulong seed)
    {
        Schedule schedule = ScheduleGenerator.Generate(seed, Limits);
        static bool Fails(Schedule s) => s.Steps.OfType<DecodeStep>().Any(step => step.Runs.Count >= 2);
        if (!Fails(schedule)) return;

        Schedule smallest = ScheduleShrinker.Shrink(schedule, Limits, Fails);

        Assert.True(Fails(smallest));
        ScheduleTracker.Validate(smallest, Limits);
        // The least that fails: one batch with two runs of one token, on two slots.
        Assert.Equal(["0: decode"], ScheduleText.Describe(smallest).Select(line => line[..9]));
        Assert.Equal((2, 1, 2), (smallest.Slots, smallest.Planes, smallest.TokenCount));
    }

    [Property(MaxTest = 100)]
    public void Shrink_RollbackNeeded_KeepsItsBatchAndNothingElse(ulong seed)
    {
        Schedule schedule = ScheduleGenerator.Generate(seed, Limits);
        static bool Fails(Schedule s) => s.Steps.Any(step => step is RollbackStep);
        if (!Fails(schedule)) return;

        Schedule smallest = ScheduleShrinker.Shrink(schedule, Limits, Fails);

        Assert.Equal(2, smallest.Steps.Count);
        Assert.Equal((1, 2, 2), (smallest.Slots, smallest.Planes, smallest.TokenCount));
    }

    [Fact]
    public void Shrink_AttemptsUsedUp_ReturnsSomethingThatFails()
    {
        Schedule schedule = ScheduleGenerator.Generate(11, Limits);
        int calls = 0;
        Schedule result = ScheduleShrinker.Shrink(schedule, Limits, _ => calls++ % 3 == 0, attempts: 10);
        Assert.InRange(calls, 1, 10);
        ScheduleTracker.Validate(result, Limits);
    }
}
