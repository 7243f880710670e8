namespace Gdn.Harness.Schedules;

/// <summary>Tokens of one sequence within a batch.</summary>
/// <param name="Sequence">The sequence.</param>
/// <param name="Tokens">At least one token id.</param>
/// <param name="Restart">Whether the sequence starts afresh at position 0 although it exists.</param>
/// <param name="Silent">Whether none of its logits are wanted: a slice of a prompt that goes on in a later batch.</param>
public sealed record SequenceRun(int Sequence, IReadOnlyList<int> Tokens, bool Restart = false, bool Silent = false)
{
    /// <summary>What anything out of the ordinary adds to <see cref="ScheduleStep.Weight"/>.</summary>
    internal const long OddityWeight = 50;

    /// <summary>The run as a maintainer reads it.</summary>
    public string Describe() => FormattableString.Invariant(
        $"seq {Sequence}{(Restart ? " from 0" : "")}: {string.Join(' ', Tokens)}{(Silent ? " (no logits)" : "")}");

    /// <summary>Its share of <see cref="ScheduleStep.Weight"/>.</summary>
    internal long Weight() =>
        5_000 + Tokens.Count + (Restart ? OddityWeight : 0) + (Silent ? OddityWeight : 0);

    /// <summary>The run cut at its end.</summary>
    internal SequenceRun Truncate(int length) =>
        Tokens.Count <= length ? this : this with { Tokens = [.. Tokens.Take(length)] };
}
