namespace Gdn.Harness.Schedules.Coverage;

/// <summary>Lengths that meet the limits of chunks, and prompts in slices.</summary>
internal static class LengthStates
{
    private const int Grid = 16;

    private static readonly int[] Chunks = [16, 32, 64];

    public static IReadOnlyList<InterestingState<DecodeStep>> Table { get; } =
    [
        new("a run of C - 1 tokens", (step, _) => HasLength(step, chunk => chunk - 1), new Needs { Tokens = 15 }),
        new("a run of C tokens", (step, _) => HasLength(step, chunk => chunk), new Needs { Tokens = 16 }),
        new("a run of C + 1 tokens", (step, _) => HasLength(step, chunk => chunk + 1), new Needs { Tokens = 17 }),
        new("a run of 2 C + 2 tokens", (step, _) => HasLength(step, chunk => 2 * chunk + 2), new Needs { Tokens = 34 }),
        new("a batch of k + 1 drafts", (step, s) => step.Runs.Any(run =>
            s.Planes > 1 && run.Tokens.Count == s.Planes && s.Tracker.NextPosition(run.Sequence) > 0),
            new Needs { Rollback = 1 }),
        new("drafts beside drafts", (step, s) => step.Runs.Count(run =>
            run.Tokens.Count > 1 && s.Tracker.NextPosition(run.Sequence) > 0) > 1),
        new("one token, then the rest of a prompt", (step, s) => step.Runs.Any(run =>
            run.Tokens.Count > 1 && s.Of(run.Sequence) is { Batches: 1, LastLength: 1 })),
        new("a slice without logits", (step, _) => step.Runs.Any(run => run.Silent)),
        new("a slice on the grid", (step, s) => step.Runs.Any(run => Continues(run, s, onGrid: true)), new Needs { Tokens = 18 }),
        new("a slice off the grid", (step, s) => step.Runs.Any(run => Continues(run, s, onGrid: false))),
    ];

    private static bool HasLength(DecodeStep step, Func<int, int> of) =>
        step.Runs.Any(run => Chunks.Any(chunk => run.Tokens.Count == of(chunk)));

    private static bool Continues(SequenceRun run, Situation situation, bool onGrid)
    {
        int position = run.Restart ? 0 : situation.Tracker.NextPosition(run.Sequence);
        return run.Tokens.Count > 1 && position > 0 && position % Grid == 0 == onGrid;
    }
}
