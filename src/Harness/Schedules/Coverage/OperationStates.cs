namespace Gdn.Harness.Schedules.Coverage;

/// <summary>Rollbacks, snapshots and copies, and what comes before and after them.</summary>
internal static class OperationStates
{
    public static IReadOnlyList<InterestingState<ScheduleStep>> Table { get; } =
    [
        new("a rollback of 1", (step, _) => step is RollbackStep { Count: 1 }, new Needs { Rollback = 1 }),
        new("a rollback of 2", (step, _) => step is RollbackStep { Count: 2 }, new Needs { Rollback = 2 }),
        new("a rollback of 3", (step, _) => step is RollbackStep { Count: 3 }, new Needs { Rollback = 3 }),
        new("a rollback of 4 to 8", (step, _) => step is RollbackStep { Count: >= 4 and <= 8 }, new Needs { Rollback = 4 }),
        new("the deepest rollback", (step, s) => step is RollbackStep rollback && rollback.Count == s.Planes - 1,
            new Needs { Rollback = 1 }),
        new("a repeated rollback", (step, s) => step is RollbackStep rollback && s.Of(rollback.Sequence)!.Rollbacks > 0,
            new Needs { Rollback = 2, RepeatedRollback = true }),
        new("a rollback, then one token", (step, s) => Decodes(step, s, (run, before) => before.RolledBack > 0 && run.Tokens.Count == 1),
            new Needs { Rollback = 1 }),
        new("a rollback, then drafts", (step, s) => Decodes(step, s, (run, before) => before.RolledBack > 0 && run.Tokens.Count > 1),
            new Needs { Rollback = 1 }),
        new("drafts fully accepted", (step, s) => Decodes(step, s, (_, before) => before is { Drafted: true, RolledBack: 0 })),
        new("different rejections in a batch", (step, s) => step is DecodeStep decode
            && decode.Runs.Select(run => s.Of(run.Sequence)?.RolledBack ?? 0).Distinct().Count() > 1, new Needs { Rollback = 1 }),
        new("a snapshot after a rollback", (step, s) => step is SnapshotStep keep && s.Of(keep.Sequence)!.RolledBack > 0,
            new Needs { Rollback = 1, Snapshots = true }),
        new("a snapshot at a position kept before", (step, s) => step is SnapshotStep keep && s.IsKept(keep.Sequence),
            new Needs { Snapshots = true }),
        new("a copy after a rollback", (step, s) => step is CopyStep copy && s.Of(copy.Source)!.RolledBack > 0,
            new Needs { Rollback = 1, Copies = true }),
        new("copies", (step, _) => step is CopyStep, new Needs { Copies = true }),
        new("a copy onto a living sequence", (step, s) => step is CopyStep copy && s.Of(copy.Target) is not null,
            new Needs { Copies = true }),
        new("a fork beside its source", (step, s) => step is DecodeStep decode && decode.Runs.Any(run =>
            s.Of(run.Sequence) is { ForkOf: >= 0 and int source } && decode.Runs.Any(other => other.Sequence == source)),
            new Needs { Copies = true }),
        new("a source that goes on before its fork", (step, s) => step is DecodeStep decode && decode.Runs.Any(run =>
            s.ForksOf(run.Sequence).Any(fork => decode.Runs.All(other => other.Sequence != fork))), new Needs { Copies = true }),
        new("a restore in place after other work", (step, s) => step is RestoreStep restore
            && s.Snapshot(restore.Snapshot) is { } kept && kept.Sequence == restore.Sequence
            && s.Slots.Find(restore.Sequence) == kept.Slot && s.Step - kept.Step > 1, new Needs { Snapshots = true }),
        new("a restore to another slot", (step, s) => step is RestoreStep restore
            && s.SlotFor(restore.Sequence) != s.Snapshot(restore.Snapshot).Slot, new Needs { Snapshots = true }),
        new("a restore over another sequence", (step, s) => step is RestoreStep restore
            && s.Of(restore.Sequence) is not null && s.Snapshot(restore.Snapshot).Sequence != restore.Sequence,
            new Needs { Snapshots = true }),
        new("a restore after release", (step, s) => step is RestoreStep restore && s.Of(restore.Sequence) is null
            && s.Of(s.Snapshot(restore.Snapshot).Sequence) is null, new Needs { Snapshots = true }),
        new("a restore to a slot left after a rollback", (step, s) => step is RestoreStep restore
            && s.Of(restore.Sequence) is null && s.Slot(s.SlotFor(restore.Sequence)).LeftRolledBack,
            new Needs { Rollback = 1, Snapshots = true }),
        new("A, then B, then A on a slot", (step, s) => step is RestoreStep restore && s.Of(restore.Sequence) is null
            && s.Snapshot(restore.Snapshot) is { } kept && kept.Slot == s.SlotFor(restore.Sequence)
            && s.Slot(kept.Slot).Tenants is [.., _, _] tenants && tenants[^1] != kept.Sequence, new Needs { Snapshots = true }),
        new("a restore after three newer snapshots", (step, s) => step is RestoreStep restore && s.NewerThan(restore.Snapshot) >= 3,
            new Needs { Snapshots = true }),
        new("a snapshot restored twice", (step, s) => step is RestoreStep restore && s.Snapshot(restore.Snapshot).Uses > 0,
            new Needs { Snapshots = true }),
        new("a prompt given up half way", (step, s) => step is ClearStep clear && s.Of(clear.Sequence) is { LastLength: > 1 }),
        new("a copy given up at once", (step, s) => step is ClearStep clear && s.Of(clear.Sequence) is { ForkOf: >= 0 },
            new Needs { Copies = true }),
        new("a release of a sequence that is gone", (step, s) => step is ClearStep clear && s.Of(clear.Sequence) is null),
        new("a refused batch", (step, _) => step is RefusedStep),
    ];

    private static bool Decodes(ScheduleStep step, Situation situation, Func<SequenceRun, SequenceSituation, bool> condition) =>
        step is DecodeStep decode && decode.Runs.Any(run =>
            !run.Restart && situation.Of(run.Sequence) is { } before && condition(run, before));
}
