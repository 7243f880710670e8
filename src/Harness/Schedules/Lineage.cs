namespace Gdn.Harness.Schedules;

/// <summary>A run of a schedule: the step, and the index among the step's runs.</summary>
public readonly record struct RunId(int Step, int Run);

/// <summary>
/// One life of a sequence, from a start at position 0 (or a copy, or a restore) until it is cleared or replaced.
/// </summary>
/// <param name="Sequence">The sequence.</param>
/// <param name="Own">Runs decoded in this life: their logits are this life's output.</param>
/// <param name="Ancestry">
/// Every run whose tokens may influence that output: the own ones and, after a copy or a restore, those of the lives
/// that the state came from. Runs outside of it must not matter at all.
/// </param>
public sealed record SequenceLife(int Sequence, HashSet<RunId> Own, HashSet<RunId> Ancestry);

/// <summary>Who descends from whom: what non-interference and solo runs are derived from.</summary>
public sealed class Lineage : IStepVisitor
{
    private readonly List<SequenceLife> _lives = [];
    private readonly Dictionary<int, SequenceLife> _current = [];
    private readonly Dictionary<int, HashSet<RunId>> _snapshots = [];
    private int _step;

    private Lineage()
    {
    }

    /// <summary>The lives in a schedule that decode at least one run, in order of their start.</summary>
    public static IReadOnlyList<SequenceLife> Of(Schedule schedule)
    {
        var lineage = new Lineage();
        for (int i = 0; i < schedule.Steps.Count; i++)
        {
            lineage._step = i;
            schedule.Steps[i].Accept(lineage);
        }

        return [.. lineage._lives.Where(life => life.Own.Count > 0)];
    }

    void IStepVisitor.Visit(DecodeStep step)
    {
        for (int r = 0; r < step.Runs.Count; r++)
        {
            SequenceRun run = step.Runs[r];
            if (run.Restart || !_current.TryGetValue(run.Sequence, out SequenceLife? life)) life = Begin(run.Sequence, []);
            life.Own.Add(new RunId(_step, r));
            life.Ancestry.Add(new RunId(_step, r));
        }
    }

    void IStepVisitor.Visit(ClearStep step) => _current.Remove(step.Sequence);

    void IStepVisitor.Visit(CopyStep step) => Begin(step.Target, _current[step.Source].Ancestry);

    void IStepVisitor.Visit(SnapshotStep step) => _snapshots[step.Snapshot] = [.. _current[step.Sequence].Ancestry];

    void IStepVisitor.Visit(RestoreStep step) => Begin(step.Sequence, _snapshots[step.Snapshot]);

    // The life goes on: tokens that were taken back may have left a trace in its state, but in nobody else's.
    void IStepVisitor.Visit(RollbackStep step)
    {
    }

    void IStepVisitor.Visit(RefusedStep step)
    {
    }

    private SequenceLife Begin(int sequence, IEnumerable<RunId> ancestry)
    {
        var life = new SequenceLife(sequence, [], [.. ancestry]);
        _lives.Add(life);
        return _current[sequence] = life;
    }
}
