namespace Gdn.Harness.Schedules;

/// <summary>Tokens of one sequence within a batch.</summary>
/// <param name="Sequence">The sequence.</param>
/// <param name="Tokens">At least one token id.</param>
/// <param name="Restart">Whether the sequence starts afresh at position 0 although it exists.</param>
/// <param name="Silent">Whether none of its logits are wanted: a slice of a prompt that goes on in a later batch.</param>
public sealed record SequenceRun(int Sequence, IReadOnlyList<int> Tokens, bool Restart = false, bool Silent = false)
{
    /// <summary>The run as a maintainer reads it.</summary>
    public string Describe() => FormattableString.Invariant(
        $"seq {Sequence}{(Restart ? " from 0" : "")}: {string.Join(' ', Tokens)}{(Silent ? " (no logits)" : "")}");

    /// <summary>The run cut at its end.</summary>
    internal SequenceRun Truncate(int length) =>
        Tokens.Count <= length ? this : this with { Tokens = [.. Tokens.Take(length)] };
}
