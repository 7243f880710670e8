using Gdn.Reference;
using Gdn.Reference.Batches;

namespace Gdn.Harness.Schedules;

/// <summary>
/// Follows what a schedule does to positions and slots, without an engine: says which steps are possible next. The
/// generator asks it for ideas, the shrinker for permission, the reader of replay files for errors.
/// </summary>
public sealed class ScheduleTracker
{
    private readonly record struct Standing(int Position, int RollbackLimit);

    private readonly BatchLimits _limits;
    private readonly int _planes;
    private readonly SortedDictionary<int, Standing> _live = [];
    private readonly SortedDictionary<int, int> _snapshots = [];

    /// <summary>Stands before the first step.</summary>
    public ScheduleTracker(BatchLimits limits, int planes)
    {
        _limits = limits;
        _planes = planes;
    }

    /// <summary>Existing sequences, ascending.</summary>
    public IReadOnlyCollection<int> Live => _live.Keys;

    /// <summary>Kept states, ascending.</summary>
    public IReadOnlyCollection<int> Snapshots => _snapshots.Keys;

    /// <summary>Slots that no sequence occupies.</summary>
    public int FreeSlots => _limits.MaxSequences - _live.Count;

    /// <summary>The position of the sequence's next token; 0 for one that does not exist.</summary>
    public int NextPosition(int sequence) => _live.GetValueOrDefault(sequence).Position;

    /// <summary>How many tokens of the sequence can be rolled back.</summary>
    public int RollbackLimit(int sequence) => _live.GetValueOrDefault(sequence).RollbackLimit;

    /// <summary>
    /// The schedule without the steps that are not possible, as after something they stood on was taken out of it.
    /// </summary>
    public static Schedule DropImpossible(Schedule schedule, BatchLimits limits)
    {
        var tracker = new ScheduleTracker(limits with { MaxSequences = schedule.Slots }, schedule.Planes);
        return schedule with { Steps = [.. schedule.Steps.Where(tracker.TryApply)] };
    }

    /// <summary>Checks that every step is possible.</summary>
    /// <exception cref="InputException">One is not; the message names it.</exception>
    public static void Validate(Schedule schedule, BatchLimits limits)
    {
        var tracker = new ScheduleTracker(limits with { MaxSequences = schedule.Slots }, schedule.Planes);
        for (int i = 0; i < schedule.Steps.Count; i++)
        {
            try
            {
                tracker.Apply(schedule.Steps[i]);
            }
            catch (InputException e)
            {
                throw new InputException($"step {i}: {e.Where}", e.Problem, e.Remedy, e);
            }
        }
    }

    /// <summary>Takes a step.</summary>
    /// <exception cref="InputException">It is not possible; nothing has changed.</exception>
    public void Apply(ScheduleStep step)
    {
        switch (step)
        {
            case DecodeStep decode:
                CheckRuns(decode.Runs);
                CheckOrder(decode);
                BatchValidator.Check(decode.ToBatch(NextPosition), _limits, NextPosition, FreeSlots);
                foreach (SequenceRun run in decode.Runs)
                {
                    int start = run.Restart ? 0 : NextPosition(run.Sequence);
                    _live[run.Sequence] = new Standing(
                        start + run.Tokens.Count, Math.Min(_planes, run.Tokens.Count) - 1);
                }

                break;
            case ClearStep clear:
                _live.Remove(clear.Sequence);
                break;
            case CopyStep copy:
                RequireLive(copy.Source);
                RequireSlot(copy.Target);
                if (copy.Source == copy.Target)
                    throw new InputException("copy", $"sequence {copy.Source} is copied onto itself", "name two sequences");
                _live[copy.Target] = new Standing(NextPosition(copy.Source), 0);
                break;
            case SnapshotStep snapshot:
                RequireLive(snapshot.Sequence);
                _snapshots[snapshot.Snapshot] = NextPosition(snapshot.Sequence);
                break;
            case RestoreStep restore:
                RequireSlot(restore.Sequence);
                if (!_snapshots.TryGetValue(restore.Snapshot, out int position))
                    throw new InputException("restore", $"snapshot {restore.Snapshot} was never taken", "take it before");
                _live[restore.Sequence] = new Standing(position, 0);
                break;
            case RollbackStep rollback:
                Standing standing = RequireLive(rollback.Sequence);
                if (rollback.Count < 1 || rollback.Count > standing.RollbackLimit)
                    throw new InputException(
                        "rollback",
                        $"{rollback.Count} tokens of sequence {rollback.Sequence} cannot be taken back",
                        $"at most {standing.RollbackLimit} can here");
                _live[rollback.Sequence] = new Standing(
                    standing.Position - rollback.Count, standing.RollbackLimit - rollback.Count);
                break;
            case RefusedStep refused:
                CheckRuns(refused.Runs);
                CheckRefusal(refused);
                break;
            default:
                throw new InvalidOperationException($"Unknown step {step.GetType()}.");
        }
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
                    "decode order", $"run {i} stands there {counts[i]} times but has {step.Runs[i].Tokens.Count} tokens",
                    "name each run once per token");
    }

    private void CheckRefusal(RefusedStep step)
    {
        try
        {
            BatchValidator.Check(step.ToBatch(NextPosition), _limits, NextPosition, FreeSlots);
        }
        catch (InputException)
        {
            return;
        }

        throw new InputException("refuse", "the batch is acceptable", "spoil a token of it");
    }

    private Standing RequireLive(int sequence) =>
        _live.TryGetValue(sequence, out Standing standing)
            ? standing
            : throw new InputException($"sequence {sequence}", "it does not exist", "decode its first token before");

    private void RequireSlot(int sequence)
    {
        if (sequence < 0)
            throw new InputException($"sequence {sequence}", "it is out of range", "use ids from 0");
        if (!_live.ContainsKey(sequence) && FreeSlots == 0)
            throw new InputException(
                $"sequence {sequence}", $"all {_limits.MaxSequences} slots are taken", "clear a sequence before");
    }
}
