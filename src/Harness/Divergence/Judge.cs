using Gdn.Harness.Clients;
using static System.FormattableString;

namespace Gdn.Harness.Divergence;

/// <summary>
/// Distinguishes corruption from ties. Up to the first token that differs, the expected and the actual answer follow the same
/// tokens, so their log-probabilities can be compared. From there on they do not: the expected side is asked to continue
/// the actual answer, differing token included, and the comparison goes on with that. A near-tie leaves no trace; a damaged
/// state keeps disagreeing with every other way of computing it.
/// </summary>
/// <remarks>
/// <para>Verified: tokens, the log-probabilities of the likeliest ones, and that the answer is complete.</para>
/// <para>
/// Not verified: damage that moves log-probabilities by no more than noise does; damage that both sides share; the text that
/// is sent beside the tokens.
/// </para>
/// </remarks>
/// <param name="expectedSide">Gave the expected answers.</param>
/// <param name="noise">How much log-probabilities move when nothing is wrong.</param>
internal sealed class Judge(IExpectedSide expectedSide, NoiseFloor noise)
{
    // A gap that noise bridges by chance (z below 3), and one that it never does.
    private const double TieZ = 3, CorruptZ = 10;

    // One position beyond the threshold may be a tail of the noise, unless it is far beyond.
    private const int ElevatedRows = 2;
    private const double FarBeyond = 3;

    // Answers that still differ after this many near-ties are left undecided.
    private const int RebasesMax = 6;

    // Without log-probabilities, agreement over this many tokens after a difference speaks for a tie, and many differences
    // that are closer together than that on average speak against it.
    private const int AgreementForTie = 8;

    /// <summary>Judges an answer.</summary>
    /// <param name="prompt">The prompt of both answers.</param>
    /// <param name="expected">The expected answer: at least as many tokens as were requested of the actual one.</param>
    /// <param name="actual">The actual answer, complete or not.</param>
    /// <param name="wanted">How many tokens it should have: fewer than requested if its client left early.</param>
    /// <param name="cancellation">Ends it.</param>
    public async Task<Judgement> JudgeAsync(
        Prompt prompt, IReadOnlyList<ServedToken> expected, IReadOnlyList<ServedToken> actual, int wanted,
        CancellationToken cancellation)
    {
        int start = 0, rows = 0, elevated = 0, ties = 0;
        bool unsure = false, blind = true;
        DivergencePoint? first = null;
        IReadOnlyList<ServedToken> reference = expected;
        while (true)
        {
            int length = Math.Min(reference.Count, actual.Count - start), n = 0;
            for (; n < length; n++)
            {
                ServedToken right = reference[n], given = actual[start + n];
                double? move = RowDelta.Between(right, given);
                rows++;
                if (given.LogProbability is double.NaN)
                    return new Judgement(
                        Outcome.Corrupt, rows, ties, await DivergenceAsync(start + n, right, given, move),
                        "its log-probability is not a number");
                if (move > noise.Elevated && (++elevated >= ElevatedRows || move > FarBeyond * noise.Elevated))
                    return new Judgement(
                        Outcome.Corrupt, rows, ties, await DivergenceAsync(start + n, right, given, move),
                        Invariant($"log-probabilities moved by {move:G3} nats after the same tokens; ")
                        + Invariant($"noise moves them by at most {noise.Benign:G2}"));
                if (!right.Is(given)) break;
            }

            if (n == length) return AtEnd(reference.Count + start);

            DivergencePoint at = await DivergenceAsync(
                start + n, reference[n], actual[start + n], RowDelta.Between(reference[n], actual[start + n]));
            first ??= at;
            if (at.Z >= CorruptZ)
                return new Judgement(
                    Outcome.Corrupt, rows, ties, at,
                    "a different token across a gap of " + (at.GapIsLeast ? "at least " : "")
                    + Invariant($"{at.Gap:G3} nats, {at.Z:G3} times the noise"));
            unsure |= at.Z is null or >= TieZ;
            blind &= at.Z is null;
            ties++;
            start += n + 1;
            if (start == actual.Count) return AtEnd(start);
            if (ties > RebasesMax && blind && start <= AgreementForTie * ties)
                return new Judgement(
                    Outcome.Corrupt, rows, ties, first, $"{ties} differences in {start} tokens: near-ties are not that frequent");
            if (ties > RebasesMax)
                return new Judgement(Outcome.Undecided, rows, ties, first, $"{ties} differences, none of them large");
            if (await expectedSide.ContinueAsync(prompt, [.. actual.Take(start)], actual.Count - start, cancellation)
                is not { } continuation)
                return unsure
                    ? new Judgement(Outcome.Undecided, rows, ties, first, "the server cannot continue a given answer")
                    : new Judgement(Outcome.Tie, rows, ties, first, "a near-tie; what follows it cannot be compared");
            reference = continuation;
        }

        Judgement AtEnd(int expectedCount)
        {
            if (actual.Count + expectedSide.TokensShort < Math.Min(wanted, expectedCount))
                return new Judgement(
                    Outcome.Corrupt, rows, ties, first, $"the answer ends after {actual.Count} of {wanted} tokens");
            if (first is null) return new Judgement(Outcome.Same, rows, 0, null, "no difference");
            bool agreed = first.Z is null && ties == 1 && actual.Count - first.Position - 1 >= AgreementForTie;
            return unsure && !agreed
                ? new Judgement(
                    Outcome.Undecided, rows, ties, first,
                    first.Z is { } z
                        ? Invariant($"a different token across a gap of {z:F1} times the noise")
                        : "a different token, and no log-probabilities are reported")
                : new Judgement(Outcome.Tie, rows, ties, first, ties == 1 ? "a near-tie" : $"{ties} near-ties");
        }

        async Task<DivergencePoint> DivergenceAsync(int position, ServedToken right, ServedToken given, double? move)
        {
            if (right.Is(given)) return new DivergencePoint(position, right.Name, given.Name, null, false, null, move);
            ServedToken seen = right;
            // A drafted token may come without log-probabilities; as the first of an answer it is not drafted.
            if (seen.Candidates.Count == 0
                && await expectedSide.ContinueAsync(prompt, [.. actual.Take(position)], 1, cancellation) is [var asked, ..])
                seen = asked;
            (double? gap, bool isLeast) = Gap(seen, right, given);
            return new DivergencePoint(
                position, right.Name, given.Name, gap, isLeast, gap is { } g ? noise.Z(g, move) : null, move);
        }
    }

    /// <summary>
    /// Checks an answer against a reading of itself: at some positions the answer so far is put into the prompt, and the
    /// next token must be the likeliest. For damage that a solo answer has as well: of speculation, and of prompts that are
    /// computed differently from answers. How the two differ is part of the measured noise, so the limit is what passes as
    /// noise anywhere.
    /// </summary>
    /// <param name="prompt">The prompt.</param>
    /// <param name="answer">The answer.</param>
    /// <param name="stride">Tokens from one such position to the next.</param>
    /// <param name="depth">Tokens compared at each: those after the first are decoded again.</param>
    /// <param name="cancellation">Ends it.</param>
    public async Task<Judgement> CheckByReadingAsync(
        Prompt prompt, IReadOnlyList<ServedToken> answer, int stride, int depth, CancellationToken cancellation)
    {
        int rows = 0, ties = 0, elevated = 0;
        DivergencePoint? first = null;
        for (int start = stride - 1; start < answer.Count; start += stride)
        {
            int count = Math.Min(depth, answer.Count - start);
            if (await expectedSide.ContinueAsync(prompt, [.. answer.Take(start)], count, cancellation) is not { } read) break;
            for (int n = 0; n < Math.Min(count, read.Count); n++)
            {
                ServedToken expected = read[n], actual = answer[start + n];
                rows++;
                double? move = RowDelta.Between(expected, actual);
                (double? gap, bool isLeast) = expected.Is(actual) ? (null, false) : Gap(expected, expected, actual);
                var at = new DivergencePoint(
                    start + n, expected.Name, actual.Name, gap, isLeast, gap is { } g ? noise.Z(g, move) : null, move);
                if (move > NoiseFloor.LargestMove && (++elevated >= ElevatedRows || move > FarBeyond * NoiseFloor.LargestMove))
                    return new Judgement(
                        Outcome.Corrupt, rows, ties, at,
                        Invariant($"log-probabilities move by {move:G3} nats when the answer so far is put into the prompt; ")
                        + Invariant($"16-bit arithmetic moves them by at most {NoiseFloor.LargestMove}"))
                    {
                        ReadBack = [.. read.Skip(n)],
                    };
                if (expected.Is(actual)) continue;
                first ??= at;
                ties++;
                if (at.Z >= CorruptZ)
                    return new Judgement(
                        Outcome.Corrupt, rows, ties, at,
                        "a different token than with the answer so far in the prompt: "
                        + Invariant($"gap {at.Gap:G3} nats, {at.Z:G3} times the noise"))
                    {
                        ReadBack = [.. read.Skip(n)],
                    };
                break;
            }
        }

        return first is null ? new Judgement(Outcome.Same, rows, 0, null, "no difference")
            : first.Z < TieZ ? new Judgement(Outcome.Tie, rows, ties, first, "near-ties")
            : new Judgement(Outcome.Undecided, rows, ties, first, "a different token than with the answer so far in the prompt");
    }

    private static (double? Gap, bool IsLeast) Gap(ServedToken seen, ServedToken expected, ServedToken actual)
    {
        if (Find(expected) is not { } own) return (null, false);
        if (Find(actual) is { } other) return (Math.Abs(own - other), false);
        return seen.Candidates.Count > 0 ? (Math.Max(own - seen.Candidates[^1].LogProbability, 0), true) : (null, false);

        double? Find(ServedToken token)
        {
            foreach (Candidate candidate in seen.Candidates)
                if (candidate.Is(token.Id, token.Text)) return candidate.LogProbability;
            return seen.Is(token) ? seen.LogProbability : null;
        }
    }
}
