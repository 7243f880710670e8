using Gdn.Harness.Schedules;

namespace Gdn.Harness.Checks;

/// <summary>
/// States that were forked, restored or rolled back are those that their tokens lead to: fork = replay, rollback = never
/// drafted, snapshot and restore = identity. Each is computed afresh from its tokens in place of the operation.
/// </summary>
public sealed class RecomputationCheck()
    : VariantCheck("recomputation", "with every fork, restore and rollback replaced by decoding its tokens afresh")
{
    /// <inheritdoc/>
    internal override IEnumerable<Variant> VariantsOf(ModelCase @case)
    {
        Schedule schedule = @case.Schedule;
        if (!schedule.Steps.Any(step => step is CopyStep or RestoreStep or RollbackStep)) yield break;
        var follower = new HistoryFollower(new TokenHistory());
        var steps = new List<ScheduleStep>();
        foreach (ScheduleStep step in schedule.Steps)
        {
            follower.Apply(step);
            int? computed = step switch
            {
                CopyStep copy => copy.Target,
                RestoreStep restore => restore.Sequence,
                RollbackStep rollback => rollback.Sequence,
                _ => null,
            };
            if (computed is not { } sequence)
            {
                if (step is not SnapshotStep) steps.Add(step);
                continue;
            }

            int[] tokens = follower.Of(sequence).ToTokens();
            if (tokens.Length > @case.Limits.MaxBatchTokens) yield break;
            steps.Add(new DecodeStep([new SequenceRun(sequence, tokens, Restart: true)]));
        }

        yield return Variant.OfSameHistories(schedule, schedule with { Steps = steps });
    }
}
