namespace Gdn.Harness.Schedules.Coverage;

/// <summary>Slots that were somebody else's, and slots with gaps between them.</summary>
internal static class SlotStates
{
    public static IReadOnlyList<InterestingState<DecodeStep>> Table { get; } =
    [
        new("slots with a gap", (step, s) =>
        {
            int[] slots = [.. step.Runs.Select(run => s.Slots.Find(run.Sequence)).Order()];
            return slots.Length > 1 && slots[0] >= 0 && slots[^1] - slots[0] >= slots.Length;
        }),
        new("a slot reused at once", (step, s) => Reuses(step, s, steps => steps == 1)),
        new("a slot reused later", (step, s) => Reuses(step, s, steps => steps > 1)),
        new("a used slot, first batch of one token", (step, s) => step.Runs.Any(run =>
            run.Tokens.Count == 1 && Begins(run, s) && s.Slot(s.SlotFor(run.Sequence)).Freed >= 0)),
        new("a slot left after a rollback", (step, s) => step.Runs.Any(run =>
            Begins(run, s) && s.Slot(s.SlotFor(run.Sequence)).LeftRolledBack), new Needs { Rollback = 1 }),
        new("an id used again", (step, s) => step.Runs.Any(run => Begins(run, s) && s.HasBeen(run.Sequence))),
        new("restarts", (step, _) => step.Runs.Any(run => run.Restart)),
        new("churn beside one that lives on", (step, s) => step.Runs.Any(run => s.Of(run.Sequence) is { Outlived: >= 3 })),
    ];

    private static bool Begins(SequenceRun run, Situation situation) => situation.Of(run.Sequence) is null;

    private static bool Reuses(DecodeStep step, Situation situation, Func<int, bool> after) => step.Runs.Any(run =>
        Begins(run, situation) && situation.Slot(situation.SlotFor(run.Sequence)) is { Freed: >= 0 } slot
        && after(situation.Step - slot.Freed));
}
