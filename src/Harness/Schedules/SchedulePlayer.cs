namespace Gdn.Harness.Schedules;

/// <summary>Plays schedules.</summary>
public static class SchedulePlayer
{
    /// <summary>Plays every step on the target.</summary>
    /// <exception cref="OperationCanceledException">Cancelled between two steps.</exception>
    public static void Play(this Schedule schedule, IScheduleTarget target, CancellationToken cancellation = default)
    {
        for (int i = 0; i < schedule.Steps.Count; i++)
        {
            cancellation.ThrowIfCancellationRequested();
            target.Begin(i);
            switch (schedule.Steps[i])
            {
                case DecodeStep decode:
                    target.Decode(decode.ToBatch(target.NextPosition));
                    break;
                case ClearStep clear:
                    target.Clear(clear.Sequence);
                    break;
                case CopyStep copy:
                    target.Copy(copy.Source, copy.Target);
                    break;
                case SnapshotStep snapshot:
                    target.Snapshot(snapshot.Sequence, snapshot.Snapshot);
                    break;
                case RestoreStep restore:
                    target.Restore(restore.Sequence, restore.Snapshot);
                    break;
                case RollbackStep rollback:
                    target.Rollback(rollback.Sequence, rollback.Count);
                    break;
                case RefusedStep refused:
                    target.Refuse(refused.ToBatch(target.NextPosition));
                    break;
                default:
                    throw new InvalidOperationException($"Unknown step {schedule.Steps[i].GetType()}.");
            }
        }
    }
}
