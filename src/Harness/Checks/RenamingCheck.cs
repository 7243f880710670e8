using Gdn.Harness.Schedules;

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
        ScheduleStep[] guest = NeedsEverySlot(schedule, @case.Rules) ? [] : [new DecodeStep([new SequenceRun(Guest, [0])])];
        yield return Variant.OfSameHistories(
            schedule, schedule with { Steps = [.. guest, .. schedule.Steps.Select(step => step.Rename(Renamed))] });
    }

    private static bool NeedsEverySlot(Schedule schedule, ScheduleRules rules)
    {
        ScheduleTracker tracker = ScheduleTracker.Of(schedule, rules);
        return schedule.Steps.Any(step =>
        {
            tracker.Apply(step);
            return tracker.FreeSlots == 0;
        });
    }

    // In steps that many table sizes divide: where a number is masked, or taken modulo the slots, all become one.
    private const int Step = 192;

    private static int Renamed(int sequence) => Guest + 1 + Step * sequence;
}
