using Gdn.Harness.Schedules;

namespace Gdn.Harness.Checks;

/// <summary>
/// Concurrency bleed in its plainest form: each sequence answers batched with others as it does solo on a fresh engine, within
/// twice what rounding explains.
/// </summary>
public sealed class SoloCheck()
    : VariantCheck("solo", "batched against solo on a fresh engine")
{
    /// <inheritdoc/>
    internal override IEnumerable<Variant> VariantsOf(ModelCase @case) => Lineage.Of(@case.Schedule)
        .Select(life => life.Sequence).Distinct()
        .Select(sequence => Variant.OfSameHistories(
            @case.Schedule, Alone(@case.Schedule, @case.Rules, sequence)));

    /// <summary>The schedule with only the runs and operations that the sequence's state comes from.</summary>
    internal static Schedule Alone(Schedule schedule, ScheduleRules rules, int sequence)
    {
        HashSet<RunId> needed = [.. Lineage.Of(schedule)
            .Where(life => life.Sequence == sequence).SelectMany(life => life.Ancestry)];
        var steps = new List<ScheduleStep>();
        for (int i = 0; i < schedule.Steps.Count; i++)
        {
            if (schedule.Steps[i] is not DecodeStep decode)
            {
                steps.Add(schedule.Steps[i]);
                continue;
            }

            SequenceRun[] runs = [.. decode.Runs.Where((_, r) => needed.Contains(new RunId(i, r)))];
            if (runs.Length > 0) steps.Add(decode with { Runs = runs, Order = null });
        }

        // Operations on sequences that are gone go with them.
        return ScheduleTracker.DropImpossible(schedule with { Steps = steps }, rules);
    }
}
