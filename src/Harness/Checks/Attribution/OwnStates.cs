using System.Numerics;
using Gdn.Harness.Schedules;
using static System.FormattableString;

namespace Gdn.Harness.Checks.Attribution;

/// <summary>Slips with a sequence's own state: its tokens lost, absorbed twice or too early, or padding absorbed with them.</summary>
internal static class OwnStates
{
    // As many as drafts and pages have, and what other engines run in one piece.
    private const int MaxRepeated = 32;

    private const int MaxPadding = 64;

    // What the lengths of batches are rounded up to, apart from powers of two.
    private static readonly int[] Widths = [4, 8, 16, 32, 64];

    /// <summary>As it was some tokens before.</summary>
    public static IEnumerable<CandidateState> Stale(TokenHistory own) => Enumerable.Range(1, own.Length).Select(count =>
        new CandidateState(StateCause.StaleState, own.Back(count), Invariant($"its own {{0}} of {Count(count)} before")));

    /// <summary>With the last tokens twice.</summary>
    public static IEnumerable<CandidateState> Doubled(TokenHistory own)
    {
        int[] tokens = own.ToTokens();
        return Counts(tokens.Length).Select(count => new CandidateState(
            StateCause.AheadState, own.Append(tokens[^count..]), Invariant($"its own {{0}} with the last {Count(count)} twice")));
    }

    /// <summary>Already with tokens that are still to come, which are then absorbed twice.</summary>
    public static IEnumerable<CandidateState> Early(TokenHistory own, IReadOnlyList<int> next) => Counts(next.Count)
        .Select(count => new CandidateState(
            StateCause.AheadState, own.Append(next.Take(count)),
            "its own {0}, already with " + (count == 1 ? "the token itself" : Invariant($"{count} tokens from here on"))));

    /// <summary>With padding: the first token of the vocabulary, its last, or the sequence's own last over and over.</summary>
    /// <param name="own">The right history.</param>
    /// <param name="counts">How much padding.</param>
    /// <param name="vocabulary">V.</param>
    public static IEnumerable<CandidateState> Padded(TokenHistory own, IEnumerable<int> counts, int vocabulary) =>
        from count in counts.Prepend(1).Distinct()
        from token in (int[])[.. new[] { 0, vocabulary - 1 }.Concat(own.Length > 0 ? [own.Token] : []).Distinct()]
        select new CandidateState(
            StateCause.AheadState, own.Append(Enumerable.Repeat(token, count)),
            Invariant($"its own {{0}} with {Count(count)} of padding, each {token}"));

    /// <summary>How many tokens of padding a run may have got: up to a usual size, or as long as the longest of its batch.</summary>
    public static IEnumerable<int> Paddings(int length, int longest) => Widths
        .Select(width => (length + width - 1) / width * width).Append((int)BitOperations.RoundUpToPowerOf2((uint)length))
        .Append(longest).Select(padded => padded - length).Where(count => count is > 0 and <= MaxPadding);

    /// <summary>A number of tokens in words.</summary>
    public static string Count(int tokens) => Invariant($"{tokens} {(tokens == 1 ? "token" : "tokens")}");

    private static IEnumerable<int> Counts(int most) =>
        Enumerable.Range(1, Math.Min(most, MaxRepeated)).Concat(most > MaxRepeated ? [most] : []);
}
