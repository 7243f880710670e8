using System.Numerics;

namespace Gdn.Harness.Schedules.Coverage;

/// <summary>Who is in a batch, and who was in those before.</summary>
internal static class BatchStates
{
    public static IReadOnlyList<InterestingState<DecodeStep>> Table { get; } =
    [
        new("one sequence alone", (step, _) => step.Runs.Count == 1),
        new("uniform batches", (step, _) => step.Runs.Count > 1 && IsUniform(step) && step.Order is null),
        new("ragged batches", (step, _) => !IsUniform(step), new Needs { Ragged = true }),
        new("interleaved batches", (step, _) => step.Order is not null, new Needs { Interleaved = true }),
        new("prefill beside decode", (step, s) =>
            step.Runs.Any(run => IsContinued(run, s) && run.Tokens.Count == 1) && step.Runs.Any(run => run.Tokens.Count > 1),
            new Needs { Ragged = true }),
        new("new beside continued", (step, s) => step.Runs.Any(run => IsContinued(run, s)) && step.Runs.Any(run => !IsContinued(run, s))),
        new("packed prompts", (step, s) => step.Runs.Count(run => !IsContinued(run, s) && run.Tokens.Count > 1) > 1),
        new("fewer of the same", (step, s) => Before(s, 0) is { } before && Members(step).Length < before.Length
            && Members(step).All(before.Contains)),
        new("as many, but others", (step, s) => Before(s, 0) is { } before && AsManyOthers(Members(step), before)),
        new("as many others, after fewer", (step, s) => Before(s, 1) is { } earlier && s.Batches[0].Length < earlier.Length
            && AsManyOthers(Members(step), earlier)),
        new("the same in another order", (step, s) => Before(s, 0) is { Length: > 1 } before
            && !Members(step).SequenceEqual(before) && Members(step).Order().SequenceEqual(before.Order())),
        new("a padded size after a full one", (step, s) => Before(s, 0) is { } before && step.Runs.Count is > 2 and int count
            && count < before.Length && BitOperations.RoundUpToPowerOf2((uint)count) == before.Length),
    ];

    private static bool IsUniform(DecodeStep step) => step.Runs.All(run => run.Tokens.Count == step.Runs[0].Tokens.Count);

    private static bool IsContinued(SequenceRun run, Situation situation) =>
        !run.Restart && situation.Tracker.NextPosition(run.Sequence) > 0;

    private static int[] Members(DecodeStep step) => [.. step.Runs.Select(run => run.Sequence)];

    private static int[]? Before(Situation situation, int back) => situation.Batches.ElementAtOrDefault(back);

    private static bool AsManyOthers(int[] members, int[] before) =>
        members.Length > 1 && members.Length == before.Length && !members.Order().SequenceEqual(before.Order());
}
