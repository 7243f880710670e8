using Gdn.Harness.Schedules;

namespace Gdn.Harness.Checks.Attribution;

/// <summary>
/// Follows in which batches the tokens of each sequence were decoded, and up to which of them its answers have been right: a wrong
/// state must have entered since, perhaps batches before the first wrong answer, where nobody asked for logits.
/// </summary>
internal sealed class UnseenTokens : IStepVisitor
{
    // What is left of a run: tokens may have been rolled back.
    private readonly record struct Stretch(int Step, int Sequence, int Start, int Count)
    {
        public int End => Start + Count;
    }

    private sealed record Path(Stretch[] Stretches, int LastRight)
    {
        public static Path None { get; } = new([], -1);

        public int Length => Stretches is [.., Stretch last] ? last.End : 0;
    }

    private readonly ILookup<(int Step, int Sequence), int> _right;
    private readonly Dictionary<int, Path> _live = [];
    private readonly Dictionary<int, Path> _snapshots = [];
    private int _step;

    private UnseenTokens(IEnumerable<RowOrigin> right) =>
        _right = right.ToLookup(row => (row.Step, row.Sequence), row => row.Position);

    /// <summary>
    /// Where a wrong state may have entered: before the wrong token, before its run, at the ends of blocks, and so on backwards
    /// through the runs before.
    /// </summary>
    /// <param name="schedule">The schedule.</param>
    /// <param name="wrong">The first wrong answer.</param>
    /// <param name="right">The answers before it that are right.</param>
    public static IReadOnlyList<EntryPoint> Before(Schedule schedule, RowOrigin wrong, IEnumerable<RowOrigin> right)
    {
        var follower = new UnseenTokens(right);
        for (; follower._step <= wrong.Step; follower._step++) schedule.Steps[follower._step].Accept(follower);
        Path path = follower._live[wrong.Sequence];
        return [.. path.Stretches.Reverse().SelectMany(stretch => In(stretch, wrong.Position))
            .Where(entry => entry.Position > path.LastRight)];
    }

    void IStepVisitor.Visit(DecodeStep step)
    {
        foreach (SequenceRun run in step.Runs)
        {
            Path before = run.Restart ? Path.None : Of(run.Sequence);
            _live[run.Sequence] = new Path(
                [.. before.Stretches, new Stretch(_step, run.Sequence, before.Length, run.Tokens.Count)],
                _right[(_step, run.Sequence)].Append(before.LastRight).Max());
        }
    }

    void IStepVisitor.Visit(ClearStep step) => _live.Remove(step.Sequence);

    void IStepVisitor.Visit(CopyStep step) => _live[step.Target] = Of(step.Source);

    void IStepVisitor.Visit(SnapshotStep step) => _snapshots[step.Snapshot] = Of(step.Sequence);

    void IStepVisitor.Visit(RestoreStep step) => _live[step.Sequence] = _snapshots[step.Snapshot];

    void IStepVisitor.Visit(RollbackStep step)
    {
        Path path = Of(step.Sequence);
        int length = path.Length - step.Count;
        _live[step.Sequence] = new Path(
            [.. path.Stretches.Where(stretch => stretch.Start < length)
                .Select(stretch => stretch with { Count = Math.Min(stretch.End, length) - stretch.Start })],
            Math.Min(path.LastRight, length - 1));
    }

    void IStepVisitor.Visit(RefusedStep step)
    {
    }

    private Path Of(int sequence) => _live.GetValueOrDefault(sequence, Path.None);

    private static IEnumerable<EntryPoint> In(Stretch stretch, int wrong)
    {
        EntryPoint At(int position) => new(stretch.Step, stretch.Sequence, position - stretch.Start, position);
        int end = Math.Min(stretch.End, wrong);
        IEnumerable<EntryPoint> near = wrong < stretch.End ? [At(wrong), At(stretch.Start)] : [At(stretch.Start)];
        return near.Distinct().Concat(Enumerable.Range(stretch.Start, end - stretch.Start).Reverse().Select(At)
            .Where(entry => entry.IsBlockEnd));
    }
}
