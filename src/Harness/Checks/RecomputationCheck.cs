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
        var recomputation = new Recomputation();
        foreach (ScheduleStep step in schedule.Steps) recomputation.Add(step);
        if (recomputation.Longest == 0 || recomputation.Longest > @case.Rules.Limits.MaxBatchTokens) yield break;
        yield return Variant.OfSameHistories(schedule, schedule with { Steps = recomputation.Steps });
    }

    private sealed class Recomputation : IStepVisitor
    {
        private readonly HistoryFollower _follower = new(new TokenHistory());
        private readonly List<ScheduleStep> _steps = [];

        /// <summary>The steps, with a batch in place of each operation that changes a state.</summary>
        public IReadOnlyList<ScheduleStep> Steps => _steps;

        /// <summary>Tokens of the longest of those batches; 0 without such batches.</summary>
        public int Longest { get; private set; }

        public void Add(ScheduleStep step)
        {
            _follower.Apply(step);
            step.Accept(this);
        }

        public void Visit(DecodeStep step) => _steps.Add(step);

        public void Visit(ClearStep step) => _steps.Add(step);

        public void Visit(CopyStep step) => Compute(step.Target);

        // Nothing comes back from it.
        public void Visit(SnapshotStep step)
        {
        }

        public void Visit(RestoreStep step) => Compute(step.Sequence);

        public void Visit(RollbackStep step) => Compute(step.Sequence);

        public void Visit(RefusedStep step) => _steps.Add(step);

        private void Compute(int sequence)
        {
            int[] tokens = _follower.Of(sequence).ToTokens();
            Longest = Math.Max(Longest, tokens.Length);
            _steps.Add(new DecodeStep([new SequenceRun(sequence, tokens, Restart: true)]));
        }
    }
}
