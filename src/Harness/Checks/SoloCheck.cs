using Gdn.Harness.Schedules;
using Gdn.Reference.Batches;

namespace Gdn.Harness.Checks;

/// <summary>
/// Concurrency bleed in its plainest form: each sequence answers in company as it does alone on a fresh engine, within
/// twice what rounding explains.
/// </summary>
public sealed class SoloCheck : IModelCheck
{
    /// <inheritdoc/>
    public string Name => "solo";

    /// <inheritdoc/>
    public CheckOutcome Run(ModelCase @case, CancellationToken cancellation)
    {
        IReadOnlyList<LogitsRow> company = @case.Rows(cancellation);
        IReadOnlyList<OracleRow> oracle = @case.OracleRows(cancellation);
        var comparison = new RowComparison(Name, @case.Schedule, "in company against alone on a fresh engine");
        foreach (IGrouping<int, SequenceLife> lives in Lineage.Of(@case.Schedule).GroupBy(life => life.Sequence))
        {
            IReadOnlyList<LogitsRow> alone = @case.RowsOf(Alone(@case.Schedule, @case.Limits, lives.Key), cancellation);
            Dictionary<int, float[]> byFeed = alone
                .Where(row => row.Origin.Sequence == lives.Key)
                .ToDictionary(row => row.Origin.Feed, row => row.Logits);
            for (int r = 0; r < company.Count; r++)
            {
                if (company[r].Origin.Sequence != lives.Key) continue;
                if (oracle[r].IsRouterTie)
                {
                    comparison.AddTie();
                    continue;
                }

                float[] expected = byFeed[company[r].Origin.Feed];
                comparison.AddWithin(
                    company[r].Origin, v => expected[v], company[r].Logits, 2 * oracle[r].Allowed);
            }
        }

        return comparison.Outcome;
    }

    /// <summary>The schedule with only the runs and operations that the sequence's state comes from.</summary>
    internal static Schedule Alone(Schedule schedule, BatchLimits limits, int sequence)
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
        return ScheduleTracker.DropImpossible(schedule with { Steps = steps }, limits);
    }
}
