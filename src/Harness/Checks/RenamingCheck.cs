using Gdn.Harness.Schedules;
using Gdn.Reference.Batches;

namespace Gdn.Harness.Checks;

/// <summary>
/// Neither the number of a sequence nor its slot matters: sequences get other numbers and, unless they need every slot, a
/// guest who came first and stays moves them to other slots.
/// </summary>
public sealed class RenamingCheck()
    : VariantCheck("renaming", "with sequence n as 192 n + 1, on other slots")
{
    private const int Guest = 0;

    /// <inheritdoc/>
    internal override IEnumerable<Variant> VariantsOf(ModelCase @case)
    {
        Schedule schedule = @case.Schedule;
        ScheduleStep[] guest = NeedsEverySlot(schedule, @case.Limits) ? [] : [new DecodeStep([new SequenceRun(Guest, [0])])];
        yield return Variant.OfSameHistories(
            schedule, schedule with { Steps = [.. guest, .. schedule.Steps.Select(Renamed)] });
    }

    private static bool NeedsEverySlot(Schedule schedule, BatchLimits limits)
    {
        var tracker = new ScheduleTracker(limits, schedule.Planes);
        return schedule.Steps.Any(step =>
        {
            tracker.Apply(step);
            return tracker.FreeSlots == 0;
        });
    }

    // In steps that many table sizes divide: where a number is masked, or taken modulo the slots, all become one.
    private const int Step = 192;

    private static int Renamed(int sequence) => Guest + 1 + Step * sequence;

    private static ScheduleStep Renamed(ScheduleStep step) => step switch
    {
        DecodeStep decode => decode with { Runs = Renamed(decode.Runs) },
        RefusedStep refused => new RefusedStep(Renamed(refused.Runs)),
        ClearStep clear => new ClearStep(Renamed(clear.Sequence)),
        CopyStep copy => new CopyStep(Renamed(copy.Source), Renamed(copy.Target)),
        SnapshotStep snapshot => snapshot with { Sequence = Renamed(snapshot.Sequence) },
        RestoreStep restore => restore with { Sequence = Renamed(restore.Sequence) },
        RollbackStep rollback => rollback with { Sequence = Renamed(rollback.Sequence) },
        _ => throw new InvalidOperationException($"Unknown step {step.GetType()}."),
    };

    private static SequenceRun[] Renamed(IReadOnlyList<SequenceRun> runs) =>
        [.. runs.Select(run => run with { Sequence = Renamed(run.Sequence) })];
}
