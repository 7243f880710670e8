using Gdn.Reference.Batches;

namespace Gdn.Harness.Schedules.Coverage;

/// <summary>What lies behind a sequence at some step of a schedule.</summary>
/// <param name="Born">The step that it began at.</param>
internal sealed record SequenceSituation(int Born)
{
    /// <summary>Batches it has been in.</summary>
    public int Batches { get; init; }

    /// <summary>Its tokens in the last of them.</summary>
    public int LastLength { get; init; }

    /// <summary>Whether that was a batch of drafts: several tokens, after others.</summary>
    public bool Drafted { get; init; }

    /// <summary>Tokens taken back since.</summary>
    public int RolledBack { get; init; }

    /// <summary>In how many operations.</summary>
    public int Rollbacks { get; init; }

    /// <summary>The sequence that it was copied from and has not parted from, or -1.</summary>
    public int ForkOf { get; init; } = -1;

    /// <summary>How many sequences have been born and have gone since its own birth.</summary>
    public int Outlived { get; init; }
}

/// <summary>What lies behind a slot.</summary>
/// <param name="Tenants">Sequences that lived there, the last one last.</param>
/// <param name="Freed">The step that freed it, or -1.</param>
/// <param name="LeftRolledBack">Whether the last tenant left it right after a rollback.</param>
internal sealed record SlotSituation(IReadOnlyList<int> Tenants, int Freed, bool LeftRolledBack);

/// <summary>What lies behind a snapshot.</summary>
internal sealed record SnapshotSituation(int Sequence, int Position, int Slot, int Step, int Uses);

/// <summary>How a schedule stands before a step: more than whether the step is possible, namely what led there.</summary>
internal sealed class Situation : IStepVisitor
{
    private static readonly SlotSituation NeverUsed = new([], Freed: -1, LeftRolledBack: false);

    private readonly Dictionary<int, SequenceSituation> _sequences = [];
    private readonly HashSet<int> _gone = [];
    private readonly Dictionary<int, SlotSituation> _slots = [];
    private readonly Dictionary<int, SnapshotSituation> _snapshots = [];

    /// <summary>Stands before the first step.</summary>
    public Situation(Schedule schedule, ScheduleRules rules)
    {
        Planes = schedule.Planes;
        Tracker = ScheduleTracker.Of(schedule, rules);
        Slots = new SlotMap(schedule.Slots);
    }

    /// <summary>P: states that the engine keeps per sequence after a batch.</summary>
    public int Planes { get; }

    /// <summary>The number of the step that comes next.</summary>
    public int Step { get; private set; }

    /// <summary>Positions.</summary>
    public ScheduleTracker Tracker { get; }

    /// <summary>Slots, as an engine deals them that takes the lowest free one.</summary>
    public SlotMap Slots { get; }

    /// <summary>The members of the last batches, newest first.</summary>
    public IReadOnlyList<int[]> Batches { get; private set; } = [];

    /// <summary>What lies behind a sequence, null for one that does not exist.</summary>
    public SequenceSituation? Of(int sequence) => _sequences.GetValueOrDefault(sequence);

    /// <summary>Copies of a sequence that have not been in a batch since.</summary>
    public IEnumerable<int> ForksOf(int sequence) =>
        _sequences.Where(other => other.Value.ForkOf == sequence).Select(other => other.Key);

    /// <summary>Whether a sequence of this id has been released.</summary>
    public bool HasBeen(int sequence) => _gone.Contains(sequence);

    /// <summary>What lies behind a slot.</summary>
    public SlotSituation Slot(int slot) => _slots.GetValueOrDefault(slot, NeverUsed);

    /// <summary>What lies behind a snapshot.</summary>
    public SnapshotSituation Snapshot(int snapshot) => _snapshots[snapshot];

    /// <summary>How many states have been kept since a snapshot.</summary>
    public int NewerThan(int snapshot) => _snapshots.Keys.Count(other => other > snapshot);

    /// <summary>The slot that a sequence has or, if it begins now, will get.</summary>
    public int SlotFor(int sequence) => Slots.Find(sequence) is int slot and >= 0 ? slot : Slots.Find(-1);

    /// <summary>Whether the sequence has been kept where it stands before.</summary>
    public bool IsKept(int sequence) => _snapshots.Values.Any(
        kept => kept.Sequence == sequence && kept.Position == Tracker.NextPosition(sequence));

    /// <summary>Takes the step.</summary>
    public void Apply(ScheduleStep step)
    {
        step.Accept(this);
        Tracker.Apply(step);
        Step++;
    }

    void IStepVisitor.Visit(DecodeStep step)
    {
        foreach (SequenceRun run in step.Runs) Decoded(run);
        Batches = [[.. step.Runs.Select(run => run.Sequence)], .. Batches.Take(2)];
    }

    void IStepVisitor.Visit(ClearStep step) => Release(step.Sequence);

    void IStepVisitor.Visit(CopyStep step)
    {
        Occupy(step.Target);
        _sequences[step.Target] = new SequenceSituation(Step) { ForkOf = step.Source };
    }

    void IStepVisitor.Visit(SnapshotStep step) => _snapshots[step.Snapshot] = new SnapshotSituation(
        step.Sequence, Tracker.NextPosition(step.Sequence), Slots.Find(step.Sequence), Step, Uses: 0);

    void IStepVisitor.Visit(RestoreStep step)
    {
        Occupy(step.Sequence);
        _sequences[step.Sequence] = new SequenceSituation(Step);
        SnapshotSituation kept = _snapshots[step.Snapshot];
        _snapshots[step.Snapshot] = kept with { Uses = kept.Uses + 1 };
    }

    void IStepVisitor.Visit(RollbackStep step)
    {
        SequenceSituation situation = _sequences[step.Sequence];
        _sequences[step.Sequence] = situation with
        {
            RolledBack = situation.RolledBack + step.Count,
            Rollbacks = situation.Rollbacks + 1,
        };
    }

    // Nothing has changed.
    void IStepVisitor.Visit(RefusedStep step)
    {
    }

    private void Decoded(SequenceRun run)
    {
        bool begins = run.Restart || !_sequences.ContainsKey(run.Sequence);
        SequenceSituation before = begins ? new SequenceSituation(Step) : _sequences[run.Sequence];
        Occupy(run.Sequence);
        _sequences[run.Sequence] = before with
        {
            Batches = before.Batches + 1,
            LastLength = run.Tokens.Count,
            Drafted = !begins && run.Tokens.Count > 1,
            RolledBack = 0,
            Rollbacks = 0,
            ForkOf = -1,
        };
    }

    private void Occupy(int sequence)
    {
        bool isNew = Slots.Find(sequence) < 0;
        int slot = Slots.FindOrAdd(sequence);
        if (isNew) _slots[slot] = Slot(slot) with { Tenants = [.. Slot(slot).Tenants, sequence] };
    }

    private void Release(int sequence)
    {
        if (!_sequences.Remove(sequence, out SequenceSituation? gone)) return;
        _gone.Add(sequence);
        int slot = Slots.Remove(sequence);
        _slots[slot] = Slot(slot) with { Freed = Step, LeftRolledBack = gone.RolledBack > 0 };
        foreach ((int other, SequenceSituation situation) in _sequences.ToArray())
            if (situation.Born < gone.Born) _sequences[other] = situation with { Outlived = situation.Outlived + 1 };
    }
}
