using Gdn.Reference.Batches;

namespace Gdn.Harness.Schedules;

/// <summary>How often schedules reached the states in which engines go wrong. What was never reached was never tested.</summary>
public sealed class ScheduleCoverage
{
    private readonly SortedDictionary<string, long> _counts = new(StringComparer.Ordinal);

    /// <summary>Makes counters that stand at zero, so that what is not reached shows.</summary>
    public ScheduleCoverage()
    {
        foreach (string state in (string[])
            [
                "uniform batches of several sequences", "ragged batches", "interleaved batches", "prefill beside decode",
                "slot reuse", "restarts", "copies", "restores", "rollbacks", "deepest rollbacks", "shrinking batches",
            ])
            _counts[state] = 0;
    }

    /// <summary>How often each state was reached.</summary>
    public IReadOnlyDictionary<string, long> Counts => _counts;

    /// <summary>States never reached.</summary>
    public IEnumerable<string> Unreached => _counts.Where(count => count.Value == 0).Select(count => count.Key);

    /// <summary>Counts the states of a schedule.</summary>
    public void Add(Schedule schedule, BatchLimits limits)
    {
        var tracker = new ScheduleTracker(limits with { MaxSequences = schedule.Slots }, schedule.Planes);
        int cleared = 0, lastRuns = 0;
        foreach (ScheduleStep step in schedule.Steps)
        {
            switch (step)
            {
                case DecodeStep decode:
                    Add(decode, tracker);
                    int fresh = decode.Runs.Count(run => tracker.NextPosition(run.Sequence) == 0);
                    Count("slot reuse", cleared > 0 && fresh > 0);
                    cleared = Math.Max(0, cleared - fresh);
                    Count("shrinking batches", lastRuns > decode.Runs.Count);
                    lastRuns = decode.Runs.Count;
                    break;
                case ClearStep clear:
                    if (tracker.NextPosition(clear.Sequence) > 0) cleared++;
                    break;
                case CopyStep:
                    Count("copies", true);
                    break;
                case RestoreStep:
                    Count("restores", true);
                    break;
                case RollbackStep rollback:
                    Count("rollbacks", true);
                    Count("deepest rollbacks", rollback.Count == schedule.Planes - 1);
                    break;
                default:
                    break;
            }

            tracker.Apply(step);
        }
    }

    private void Add(DecodeStep step, ScheduleTracker tracker)
    {
        TokenBatch batch = step.ToBatch(tracker.NextPosition);
        SequenceDecomposition decomposition = SequenceDecomposition.Of(batch);
        Count("uniform batches of several sequences", decomposition.SequenceCount > 1 && !decomposition.NeedsSplit);
        Count("ragged batches", !decomposition.IsUniform);
        Count("interleaved batches", !decomposition.IsContiguous);
        Count("prefill beside decode", step.Runs.Any(run => run.Tokens.Count == 1 && tracker.NextPosition(run.Sequence) > 0)
            && step.Runs.Any(run => run.Tokens.Count > 1));
        Count("restarts", step.Runs.Any(run => run.Restart));
    }

    private void Count(string state, bool reached)
    {
        if (reached) _counts[state]++;
    }
}
