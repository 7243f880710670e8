using Gdn.Harness.Schedules;

namespace Gdn.Harness.Checks;

/// <summary>
/// States that were forked, restored or rolled back are those that their tokens lead to: fork = replay, rollback = never
/// drafted, snapshot and restore = identity. Each is computed afresh from its tokens in place of the operation.
/// </summary>
public sealed class RecomputationCheck()
    : VariantCheck("recomputation", "with every fork, restore and rollback replaced by decoding its tokens afresh")
{
    // Recomputed tokens after which the rest of a schedule is left out: long histories would make it several times as costly.
    private const int MaxTokens = 1024;

    /// <inheritdoc/>
    internal override IEnumerable<Variant> VariantsOf(ModelCase @case)
    {
        Schedule schedule = @case.Schedule;
        var recomputation = new Recomputation(@case.Rules);
        foreach (ScheduleStep step in schedule.Steps.TakeWhile(_ => recomputation.Tokens < MaxTokens)) recomputation.Add(step);
        if (recomputation.Tokens > 0)
            yield return Variant.OfSameHistories(schedule, schedule with { Steps = recomputation.Steps });
    }

    private sealed class Recomputation(ScheduleRules rules) : IStepVisitor
    {
        private readonly HistoryFollower _follower = new(new TokenHistory());
        private readonly List<ScheduleStep> _steps = [];

        /// <summary>The steps, with batches in place of each operation that changes a state.</summary>
        public IReadOnlyList<ScheduleStep> Steps => _steps;

        /// <summary>Tokens of those batches; 0 without such batches.</summary>
        public int Tokens { get; private set; }

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
            Tokens += tokens.Length;
            _steps.AddRange(rules.PartsOf(new DecodeStep([new SequenceRun(sequence, tokens, Restart: true)])));
        }
    }
}
