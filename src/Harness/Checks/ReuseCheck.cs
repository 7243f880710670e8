using Gdn.Harness.Schedules;

namespace Gdn.Harness.Checks;

/// <summary>
/// An engine whose sequences were all released is as good as new: the schedule played a second time on the same instance
/// gives the same bits. Sees whatever outlives its sequence: states, plans, counters. Needs no reference and no tolerance.
/// </summary>
public sealed class ReuseCheck()
    : VariantCheck("reuse", "bits, when played again on the same engine after every sequence was released", isExact: true)
{
    /// <inheritdoc/>
    internal override IEnumerable<Variant> VariantsOf(ModelCase @case)
    {
        Schedule schedule = @case.Schedule;
        var follower = new HistoryFollower(new TokenHistory());
        foreach (ScheduleStep step in schedule.Steps) follower.Apply(step);
        ScheduleStep[] releases = [.. follower.Live.Keys.Order().Select(sequence => new ClearStep(sequence))];
        int rows = schedule.RowCount;
        yield return new Variant(
            schedule with { Steps = [.. schedule.Steps, .. releases, .. schedule.Steps] },
            [.. Enumerable.Range(0, rows).Select(row => (row, rows + row))]);
    }
}
