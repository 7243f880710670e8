namespace Gdn.Harness.Schedules;

/// <summary>Follows which tokens each sequence's state has absorbed, through every operation, as a right engine would.</summary>
/// <param name="root">The empty history; schedules followed from the same root can be compared.</param>
public sealed class HistoryFollower(TokenHistory root)
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
    public void Apply(ScheduleStep step)
    {
        switch (step)
        {
            case DecodeStep decode:
                foreach (SequenceRun run in decode.Runs) _live[run.Sequence] = Before(run).Append(run.Tokens);
                break;
            case ClearStep clear:
                _live.Remove(clear.Sequence);
                break;
            case CopyStep copy:
                _live[copy.Target] = Of(copy.Source);
                break;
            case SnapshotStep snapshot:
                _snapshots[snapshot.Snapshot] = Of(snapshot.Sequence);
                break;
            case RestoreStep restore:
                _live[restore.Sequence] = _snapshots[restore.Snapshot];
                break;
            case RollbackStep rollback:
                _live[rollback.Sequence] = Of(rollback.Sequence).Back(rollback.Count);
                break;
            default:
                break;
        }
    }

    /// <summary>The history behind each row of logits that the step makes.</summary>
    public IEnumerable<TokenHistory> RowsOf(DecodeStep step)
    {
        TokenHistory[][] runs = [.. step.Runs.Select(run => Through(Before(run), run.Tokens).ToArray())];
        return step.Rows.Select(row => runs[row.Run][row.Token]);
    }

    private static IEnumerable<TokenHistory> Through(TokenHistory history, IReadOnlyList<int> tokens)
    {
        foreach (int token in tokens) yield return history = history.Append(token);
    }
}
