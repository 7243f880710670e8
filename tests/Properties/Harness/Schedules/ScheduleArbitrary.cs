using FsCheck;
using FsCheck.Fluent;
using Gdn.Harness.Schedules;
using Gdn.Harness.Schedules.Generation;
using Gdn.Reference.Batches;

namespace Gdn.Properties.Harness.Schedules;

/// <summary>Random schedules for FsCheck, which shrink as the harness shrinks them.</summary>
public static class ScheduleArbitrary
{
    /// <summary>What schedules with that many slots keep to.</summary>
    public static BatchLimits Limits(int slots) => new(Vocabulary: 256, slots, MaxBatchTokens: 512, MaxPositions: 4096);

    /// <summary>Schedules of 1 to 8 slots.</summary>
    public static Arbitrary<Schedule> Schedules() => Arb.From(
        from seed in ArbMap.Default.GeneratorFor<ulong>()
        from slots in Gen.Choose(1, 8)
        select ScheduleGenerator.Generate(seed, Limits(slots)),
        schedule => ScheduleShrinker.Simpler(schedule, Limits(schedule.Slots)));
}
