using FsCheck;
using FsCheck.Fluent;
using Gdn.Harness.Schedules;
using Gdn.Harness.Schedules.Generation;
using Gdn.Properties.Support;
using Gdn.Reference.Batches;
using Gdn.Reference.Models;

namespace Gdn.Properties.Reference.Models;

/// <summary>A schedule on a random model of a family.</summary>
public sealed record ModelSchedule(Architecture Architecture, int Seed, Schedule Schedule)
{
    /// <summary>What the schedule keeps to.</summary>
    public BatchLimits Limits => ModelSchedules.Limits(Schedule.Slots);

    public override string ToString() =>
        $"{Architecture}, seed {Seed}, np {Schedule.Slots}, {Schedule.Planes} planes: "
        + string.Join("; ", ScheduleText.Describe(Schedule));
}

/// <summary>Random schedules of every family, which shrink as the harness shrinks them.</summary>
public static class ModelSchedules
{
    public static BatchLimits Limits(int slots) =>
        new(RandomModel.Vocabulary, slots, MaxBatchTokens: 32, MaxPositions: 256);

    public static Arbitrary<ModelSchedule> Any() => Arb.From(
        from architecture in Gen.Elements(Enum.GetValues<Architecture>())
        from seed in Gen.Choose(0, int.MaxValue)
        from slots in Gen.Choose(1, 4)
        from steps in ArbMap.Default.GeneratorFor<ulong>()
        select new ModelSchedule(architecture, seed, ScheduleGenerator.Generate(steps, Limits(slots))),
        @case => ScheduleShrinker.Simpler(@case.Schedule, @case.Limits)
            .Select(schedule => @case with { Schedule = schedule }));
}
