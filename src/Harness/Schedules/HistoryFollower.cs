namespace Gdn.Harness.Schedules;

/// <summary>Follows which tokens each sequence's state has absorbed, through every operation, as a right engine would.</summary>
/// <param name="root">The empty history; schedules followed from the same root can be compared.</param>
public sealed class HistoryFollower(TokenHistory root) : IStepVisitor
{
    private readonly Dictionary<int, TokenHistory> _snapshots = [];
    private readonly Dictionary<int, TokenHistory> _live = [];

    /// <summary>Every existing sequence with its history.</summary>
    public IReadOnlyDictionary<int, TokenHistory> Live => _live;

    /// <summary>The histories behind each row of logits that the schedule makes, in the order of the rows.</summary>
    public static IReadOnlyList<TokenHistory> RowsOf(Schedule schedule, TokenHistory root)
    {
        var follower = new HistoryFollower(root);
        var rows = new List<TokenHistory>();
        foreach (ScheduleStep step in schedule.Steps)
        {
            if (step is DecodeStep decode) rows.AddRange(follower.RowsOf(decode));
            follower.Apply(step);
        }

        return rows;
    }

    /// <summary>The sequence's history; the root for one that does not exist.</summary>
    public TokenHistory Of(int sequence) => _live.GetValueOrDefault(sequence, root);

    /// <summary>The history that a run starts from.</summary>
    public TokenHistory Before(SequenceRun run) => run.Restart ? root : Of(run.Sequence);

    /// <summary>Takes a step.</summary>
    public void Apply(ScheduleStep step) => step.Accept(this);

    /// <summary>The history behind each row of logits that the step makes.</summary>
    public IEnumerable<TokenHistory> RowsOf(DecodeStep step)
    {
        TokenHistory[][] runs = [.. step.Runs.Select(run => Through(Before(run), run.Tokens).ToArray())];
        return step.Rows.Select(row => runs[row.Run][row.Token]);
    }

    void IStepVisitor.Visit(DecodeStep step)
    {
        foreach (SequenceRun run in step.Runs) _live[run.Sequence] = Before(run).Append(run.Tokens);
    }

    void IStepVisitor.Visit(ClearStep step) => _live.Remove(step.Sequence);

    void IStepVisitor.Visit(CopyStep step) => _live[step.Target] = Of(step.Source);

    void IStepVisitor.Visit(SnapshotStep step) => _snapshots[step.Snapshot] = Of(step.Sequence);

    void IStepVisitor.Visit(RestoreStep step) => _live[step.Sequence] = _snapshots[step.Snapshot];

    void IStepVisitor.Visit(RollbackStep step) => _live[step.Sequence] = Of(step.Sequence).Back(step.Count);

    // Nothing has changed.
    void IStepVisitor.Visit(RefusedStep step)
    {
    }

    private static IEnumerable<TokenHistory> Through(TokenHistory history, IReadOnlyList<int> tokens)
    {
        foreach (int token in tokens) yield return history = history.Append(token);
    }
}
