using Gdn.Harness.Schedules;

namespace Gdn.Harness.Checks;

/// <summary>
/// Neither the number of a sequence nor its slot matters: sequences get other numbers, and a guest who came first and
/// stays moves them to other slots.
/// </summary>
public sealed class RenamingCheck : VariantCheck
{
    private const int Guest = 0;

    /// <inheritdoc/>
    public override string Name => "renaming";

    /// <inheritdoc/>
    protected override string Note => "with other sequence numbers, on other slots";

    /// <inheritdoc/>
    internal override IEnumerable<Variant> VariantsOf(ModelCase @case)
    {
        Schedule schedule = @case.Schedule;
        yield return Variant.OfSameHistories(schedule, schedule with
        {
            Slots = schedule.Slots + 1,
            Steps = [new DecodeStep([new SequenceRun(Guest, [0])]), .. schedule.Steps.Select(Renamed)],
        });
    }

    // Not in steps of one: a number modulo the slots would only be shifted.
    private static int Renamed(int sequence) => Guest + 1 + 2 * sequence;

    private static ScheduleStep Renamed(ScheduleStep step) => step switch
    {
        DecodeStep decode => decode with { Runs = Renamed(decode.Runs) },
        RefusedStep refused => new RefusedStep(Renamed(refused.Runs)),
        ClearStep clear => new ClearStep(Renamed(clear.Sequence)),
        CopyStep copy => new CopyStep(Renamed(copy.Source), Renamed(copy.Target)),
        SnapshotStep snapshot => snapshot with { Sequence = Renamed(snapshot.Sequence) },
        RestoreStep restore => restore with { Sequence = Renamed(restore.Sequence) },
        RollbackStep rollback => rollback with { Sequence = Renamed(rollback.Sequence) },
        _ => throw new InvalidOperationException($"Unknown step {step.GetType()}."),
    };

    private static SequenceRun[] Renamed(IReadOnlyList<SequenceRun> runs) =>
        [.. runs.Select(run => run with { Sequence = Renamed(run.Sequence) })];
}
