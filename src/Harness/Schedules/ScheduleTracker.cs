using Gdn.Reference;
using Gdn.Reference.Batches;
using Gdn.Reference.Engines;

namespace Gdn.Harness.Schedules;

/// <summary>
/// Follows what a schedule does to positions and slots, without an engine: says which steps are possible next. The
/// generator asks it for ideas, the shrinker for permission, the reader of replay files for errors.
/// </summary>
public sealed class ScheduleTracker : IStepVisitor
{
    private readonly record struct Standing(int Position, int RollbackLimit);

    private readonly ScheduleRules _rules;
    private readonly int _planes;
    private readonly SortedDictionary<int, Standing> _live = [];
    private readonly SortedDictionary<int, int> _snapshots = [];

    /// <summary>Stands before the first step.</summary>
    /// <param name="rules">What steps keep to.</param>
    /// <param name="planes">P: states that the engine keeps per sequence after a batch.</param>
    public ScheduleTracker(ScheduleRules rules, int planes)
    {
        _rules = rules;
        _planes = planes;
    }

    /// <summary>Existing sequences, ascending.</summary>
    public IReadOnlyCollection<int> Live => _live.Keys;

    /// <summary>Kept states, ascending.</summary>
    public IReadOnlyCollection<int> Snapshots => _snapshots.Keys;

    /// <summary>Slots that no sequence occupies.</summary>
    public int FreeSlots => _rules.Limits.MaxSequences - _live.Count;

    /// <summary>The batch of the last step that was taken; null where that was an operation.</summary>
    public TokenBatch? Batch { get; private set; }

    /// <summary>The position of the sequence's next token; 0 for one that does not exist.</summary>
    public int NextPosition(int sequence) => _live.GetValueOrDefault(sequence).Position;

    /// <summary>How many tokens of the sequence can be rolled back.</summary>
    public int RollbackLimit(int sequence) => _live.GetValueOrDefault(sequence).RollbackLimit;

    /// <summary>Stands before the first step of a schedule.</summary>
    public static ScheduleTracker Of(Schedule schedule, ScheduleRules rules) => new(rules.For(schedule.Slots), schedule.Planes);

    /// <summary>
    /// The schedule without the steps that are not possible, as after something they stood on was taken out of it.
    /// </summary>
    public static Schedule DropImpossible(Schedule schedule, ScheduleRules rules)
    {
        ScheduleTracker tracker = Of(schedule, rules);
        return schedule with { Steps = [.. schedule.Steps.Where(tracker.TryApply)] };
    }

    /// <summary>Checks that every step is possible.</summary>
    /// <exception cref="InputException">One is not; the message names it.</exception>
    public static void Validate(Schedule schedule, ScheduleRules rules)
    {
        ScheduleTracker tracker = Of(schedule, rules);
        for (int i = 0; i < schedule.Steps.Count; i++) tracker.Apply(i, schedule.Steps[i]);
    }

    /// <summary>Takes a step that has a number.</summary>
    /// <exception cref="InputException">It is not possible; the message names it.</exception>
    public void Apply(int number, ScheduleStep step)
    {
        try
        {
            Apply(step);
        }
        catch (InputException e)
        {
            throw new InputException($"step {number}: {e.Where}", e.Problem, e.Remedy, e);
        }
    }

    /// <summary>Takes a step.</summary>
    /// <exception cref="InputException">It is not possible; nothing has changed.</exception>
    public void Apply(ScheduleStep step)
    {
        Batch = null;
        step.Accept(this);
    }

    /// <summary>Takes a step if it is possible.</summary>
    public bool TryApply(ScheduleStep step)
    {
        try
        {
            Apply(step);
            return true;
        }
        catch (InputException)
        {
            return false;
        }
    }

    void IStepVisitor.Visit(DecodeStep step)
    {
        CheckRuns(step.Runs);
        CheckOrder(step);
        TokenBatch batch = step.ToBatch(NextPosition);
        BatchValidator.Check(batch, _rules.Limits, NextPosition, FreeSlots);
        CheckForm(batch);
        Batch = batch;
        foreach (SequenceRun run in step.Runs)
        {
            int position = (run.Restart ? 0 : NextPosition(run.Sequence)) + run.Tokens.Count;
            // The first token stays in any case: a sequence without tokens does not exist.
            int limit = Math.Min(_rules.Capabilities.RollbackLimit(_planes, run.Tokens.Count), position - 1);
            _live[run.Sequence] = new Standing(position, limit);
        }
    }

    void IStepVisitor.Visit(ClearStep step) => _live.Remove(step.Sequence);

    void IStepVisitor.Visit(CopyStep step)
    {
        Require(_rules.Capabilities.Copies, "copy");
        RequireLive(step.Source);
        RequireSlot(step.Target);
        if (step.Source == step.Target)
            throw new InputException("copy", $"sequence {step.Source} is copied onto itself", "name two sequences");
        _live[step.Target] = new Standing(NextPosition(step.Source), 0);
    }

    void IStepVisitor.Visit(SnapshotStep step)
    {
        Require(_rules.Capabilities.Snapshots, "snapshot");
        RequireLive(step.Sequence);
        _snapshots[step.Snapshot] = NextPosition(step.Sequence);
    }

    void IStepVisitor.Visit(RestoreStep step)
    {
        Require(_rules.Capabilities.Snapshots, "restore");
        RequireSlot(step.Sequence);
        if (!_snapshots.TryGetValue(step.Snapshot, out int position))
            throw new InputException("restore", $"snapshot {step.Snapshot} was never taken", "take it first");
        _live[step.Sequence] = new Standing(position, 0);
    }

    void IStepVisitor.Visit(RollbackStep step)
    {
        Require(_rules.Capabilities.Rollback != RollbackSupport.None, "rollback");
        Standing standing = RequireLive(step.Sequence);
        if (step.Count < 1 || step.Count > standing.RollbackLimit)
            throw new InputException(
                "rollback",
                $"{step.Count} tokens of sequence {step.Sequence} cannot be rolled back",
                $"roll back at most {standing.RollbackLimit} here");
        _live[step.Sequence] = new Standing(
            standing.Position - step.Count,
            _rules.Capabilities.Rollback == RollbackSupport.Repeated ? standing.RollbackLimit - step.Count : 0);
    }

    void IStepVisitor.Visit(RefusedStep step)
    {
        CheckRuns(step.Runs);
        TokenBatch batch = step.ToBatch(NextPosition);
        CheckRefusal(batch);
        Batch = batch;
    }

    private static void CheckRuns(IReadOnlyList<SequenceRun> runs)
    {
        var sequences = new HashSet<int>();
        foreach (SequenceRun run in runs)
        {
            if (run.Tokens.Count == 0)
                throw new InputException("decode", $"the run of sequence {run.Sequence} is empty", "give it a token");
            if (!sequences.Add(run.Sequence))
                throw new InputException("decode", $"sequence {run.Sequence} has two runs", "join them");
        }
    }

    private static void CheckOrder(DecodeStep step)
    {
        if (step.Order is null) return;
        var counts = new int[step.Runs.Count];
        foreach (int index in step.Order)
        {
            if (index < 0 || index >= counts.Length)
                throw new InputException("decode order", $"run {index} does not exist", $"use 0 to {counts.Length - 1}");
            counts[index]++;
        }

        for (int i = 0; i < counts.Length; i++)
            if (counts[i] != step.Runs[i].Tokens.Count)
                throw new InputException(
                    "decode order", $"run {i} is named {counts[i]} times but has {step.Runs[i].Tokens.Count} tokens",
                    "name each run once per token");
    }

    private void CheckForm(TokenBatch batch)
    {
        if (!_rules.Allows(SequenceDecomposition.Of(batch)))
            throw new InputException(
                "decode", "the engine declares that it refuses batches of this form",
                "decode the sequences one after the other, or in batches of equal lengths");
    }

    private void CheckRefusal(TokenBatch batch)
    {
        try
        {
            BatchValidator.Check(batch, _rules.Limits, NextPosition, FreeSlots);
        }
        catch (InputException)
        {
            return;
        }

        throw new InputException("refuse", "the batch is valid", "make one of its tokens invalid");
    }

    private static void Require(bool declared, string operation)
    {
        if (!declared)
            throw new InputException(operation, "the engine does not declare it", "leave it out, or use another engine");
    }

    private Standing RequireLive(int sequence) =>
        _live.TryGetValue(sequence, out Standing standing)
            ? standing
            : throw new InputException($"sequence {sequence}", "it does not exist", "decode its first token first");

    private void RequireSlot(int sequence)
    {
        if (sequence < 0)
            throw new InputException($"sequence {sequence}", "it is out of range", "use ids from 0");
        if (!_live.ContainsKey(sequence) && FreeSlots == 0)
            throw new InputException(
                $"sequence {sequence}", $"all {_rules.Limits.MaxSequences} slots are taken", "clear a sequence first");
    }
}
