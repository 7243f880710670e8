using Gdn.Reference;

namespace Gdn.Harness.Schedules;

/// <summary>Plays schedules.</summary>
public static class SchedulePlayer
{
    /// <summary>Plays every step on the target, in batches that continue each sequence where the schedule has brought it.</summary>
    /// <param name="schedule">The schedule.</param>
    /// <param name="rules">What it keeps to.</param>
    /// <param name="target">What it is played on.</param>
    /// <param name="cancellation">Ends it between two steps.</param>
    /// <exception cref="InputException">A step is not possible; those before it have been played.</exception>
    /// <exception cref="OperationCanceledException">Cancelled between two steps.</exception>
    public static void Play(
        this Schedule schedule, ScheduleRules rules, IScheduleTarget target, CancellationToken cancellation = default)
    {
        ScheduleTracker tracker = ScheduleTracker.Of(schedule, rules);
        var player = new Player(target, tracker);
        for (int i = 0; i < schedule.Steps.Count; i++)
        {
            cancellation.ThrowIfCancellationRequested();
            tracker.Apply(i, schedule.Steps[i]);
            target.Begin(i);
            schedule.Steps[i].Accept(player);
            target.End(tracker);
        }
    }

    private sealed class Player(IScheduleTarget target, ScheduleTracker tracker) : IStepVisitor
    {
        public void Visit(DecodeStep step) => target.Decode(tracker.Batch!);

        public void Visit(ClearStep step) => target.Clear(step.Sequence);

        public void Visit(CopyStep step) => target.Copy(step.Source, step.Target);

        public void Visit(SnapshotStep step) => target.Snapshot(step.Sequence, step.Snapshot);

        public void Visit(RestoreStep step) => target.Restore(step.Sequence, step.Snapshot);

        public void Visit(RollbackStep step) => target.Rollback(step.Sequence, step.Count);

        public void Visit(RefusedStep step) => target.Refuse(tracker.Batch!);
    }
}
