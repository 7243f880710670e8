using FsCheck.Xunit;
using Gdn.Harness.Schedules;
using Gdn.Harness.Schedules.Generation;
using Gdn.Reference.Batches;
using Xunit;

namespace Gdn.Properties.Harness.Schedules;

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

    /// <summary>What needs tokens of another between two of its own is not left with all the tokens that there were.</summary>
    [Fact]
    public void Shrink_InterleavingNeeded_KeepsItWithFewerTokens()
    {
        SequenceRun[] runs = [new(0, [1, 2, 3, 4]), new(1, [5, 6, 7, 8]), new(2, [9, 10, 11, 12])];
        var schedule = new Schedule(3, 1, [new DecodeStep(runs, [0, 2, 1, 0, 2, 1, 0, 2, 1, 0, 2, 1])]);
        static bool Fails(Schedule s) => s.Steps.OfType<DecodeStep>().Any(step =>
        {
            int[] sequences = [.. step.BatchOrder.Select(run => step.Runs[run].Sequence)];
            return sequences.Index().Any(token => token.Item == 1 && sequences.Take(token.Index).Contains(0)
                && sequences.Skip(token.Index).Contains(0));
        });

        Schedule smallest = ScheduleShrinker.Shrink(schedule, Limits, Fails);

        Assert.Equal(["0: decode seq 0: 1 2 | seq 1: 5 interleaved 0,1,0"], ScheduleText.Describe(smallest));
    }

    /// <summary>The shrinker drops what does not weigh less, so a step that forgot its weight would never get simpler.</summary>
    [Property(MaxTest = 100)]
    public void Simpler_AnyStep_WeighsLess(ulong seed)
    {
        Schedule schedule = ScheduleGenerator.Generate(seed, Limits);
        Assert.All(
            schedule.Steps,
            step => Assert.All(step.Simpler(), simpler => Assert.True(simpler.Weight() < step.Weight(), step.Describe())));
    }

    [Fact]
    public void Shrink_RefusedBatch_KeepsOnlyTheRunThatIsRefused()
    {
        var schedule = new Schedule(2, 1, [new RefusedStep([new(0, [1, 2]), new(1, [RefusedStep.NoToken])])]);

        Schedule smallest = ScheduleShrinker.Shrink(schedule, Limits, s => s.Steps.Any(step => step is RefusedStep));

        Assert.Equal(["0: refuse seq 1: -1"], ScheduleText.Describe(smallest));
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
