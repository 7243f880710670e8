using System.Globalization;
using Gdn.Harness.Clients;

namespace Gdn.Harness.Divergence;

/// <summary>
/// Tells corruption from ties. Up to the first token that differs, answers alone and in company are after the same tokens,
/// so their log-probabilities can be compared. After it they are not: the server is asked, alone, to go on from the answer
/// in company, token included, and the comparison goes on with that. A near-tie leaves no trace; a damaged state goes on
/// to disagree with every other way of computing it.
/// </summary>
/// <param name="solo">Asks the server alone.</param>
/// <param name="noise">How much its log-probabilities move anyway.</param>
internal sealed class Judge(SoloAnswers solo, NoiseFloor noise)
{
    // A gap that noise bridges by chance (z below 3), and one that it never does.
    private const double TieZ = 3, CorruptZ = 10;

    // One position beyond the threshold may be a tail of the noise, unless it is far beyond.
    private const int ElevatedRows = 2;
    private const double FarBeyond = 3;

    // Answers that still go different ways after so many near-ties are left undecided.
    private const int RebasesMax = 6;

    // Where no log-probabilities are told, agreement over so many tokens after a difference speaks for a tie, and many
    // differences that are closer than that on the average speak against.
    private const int AgreementForTie = 8;

    /// <summary>Judges an answer in company.</summary>
    /// <param name="prompt">The prompt.</param>
    /// <param name="alone">The answer alone: at least as many tokens as were asked for in company.</param>
    /// <param name="company">The answer in company, or what came of it.</param>
    /// <param name="wanted">How many tokens it should have: fewer than asked for if the client went away.</param>
    /// <param name="cancellation">Ends it.</param>
    public async Task<Judgement> JudgeAsync(
        Prompt prompt, IReadOnlyList<ServedToken> alone, IReadOnlyList<ServedToken> company, int wanted,
        CancellationToken cancellation)
    {
        int start = 0, rows = 0, elevated = 0, ties = 0;
        bool unsure = false, blind = true;
        DivergencePoint? first = null;
        IReadOnlyList<ServedToken> reference = alone;
        while (true)
        {
            int length = Math.Min(reference.Count, company.Count - start), n = 0;
            for (; n < length; n++)
            {
                ServedToken expected = reference[n], actual = company[start + n];
                double? move = RowDelta.Between(expected, actual);
                rows++;
                if (actual.LogProbability is double.NaN)
                    return new Judgement(
                        Outcome.Corrupt, rows, ties, await DivergenceAsync(start + n, expected, actual, move),
                        "its log-probability is not a number");
                if (move > noise.Elevated && (++elevated >= ElevatedRows || move > FarBeyond * noise.Elevated))
                    return new Judgement(
                        Outcome.Corrupt, rows, ties, await DivergenceAsync(start + n, expected, actual, move),
                        Invariant($"log-probabilities moved by {move:G3} nats after the same tokens, ")
                        + Invariant($"and noise moves them by at most {noise.Benign:G2}"));
                if (!expected.Is(actual)) break;
            }

            if (n == length) return AtEnd(reference.Count + start);

            DivergencePoint at = await DivergenceAsync(
                start + n, reference[n], company[start + n], RowDelta.Between(reference[n], company[start + n]));
            first ??= at;
            if (at.Z >= CorruptZ)
                return new Judgement(
                    Outcome.Corrupt, rows, ties, at,
                    "another token across a gap of " + (at.GapIsLeast ? "at least " : "")
                    + Invariant($"{at.Gap:G3} nats, {at.Z:G3} times the noise"));
            unsure |= at.Z is null or >= TieZ;
            blind &= at.Z is null;
            ties++;
            start += n + 1;
            if (start == company.Count) return AtEnd(start);
            if (ties > RebasesMax && blind && start <= AgreementForTie * ties)
                return new Judgement(
                    Outcome.Corrupt, rows, ties, first, $"{ties} differences in {start} tokens: near-ties are not so frequent");
            if (ties > RebasesMax)
                return new Judgement(Outcome.Undecided, rows, ties, first, $"{ties} differences, none of them large");
            if (await solo.ForcedAsync(prompt, [.. company.Take(start)], company.Count - start, cancellation) is not { } forced)
                return new Judgement(
                    Outcome.Undecided, rows, ties, first, "the server cannot be asked to go on from what it said");
            reference = forced;
        }

        Judgement AtEnd(int expectedCount)
        {
            if (company.Count < Math.Min(wanted, expectedCount))
                return new Judgement(
                    Outcome.Corrupt, rows, ties, first, $"the answer breaks off after {company.Count} of {wanted} tokens");
            if (first is null) return new Judgement(Outcome.Same, rows, 0, null, "the same");
            bool agreed = first.Z is null && ties == 1 && company.Count - first.Position - 1 >= AgreementForTie;
            return unsure && !agreed
                ? new Judgement(
                    Outcome.Undecided, rows, ties, first,
                    first.Z is { } z
                        ? Invariant($"another token across a gap of {z:F1} times the noise")
                        : "another token, and the server tells no log-probabilities")
                : new Judgement(Outcome.Tie, rows, ties, first, ties == 1 ? "a near-tie" : $"{ties} near-ties");
        }

        async Task<DivergencePoint> DivergenceAsync(int position, ServedToken expected, ServedToken actual, double? move)
        {
            if (expected.Is(actual)) return new DivergencePoint(position, expected.Name, actual.Name, null, false, null, move);
            ServedToken seen = expected;
            // A drafted token may come without log-probabilities; as the first of an answer it is not drafted.
            if (seen.Candidates.Count == 0
                && await solo.ForcedAsync(prompt, [.. company.Take(position)], 1, cancellation) is [var asked, ..])
                seen = asked;
            (double? gap, bool isLeast) = Gap(seen, expected, actual);
            return new DivergencePoint(
                position, expected.Name, actual.Name, gap, isLeast, gap is { } g ? noise.Z(g, move) : null, move);
        }
    }

    /// <summary>
    /// Checks an answer against the server's own reading of it: at some positions the answer so far is put into the
    /// prompt, and the next token must be the likeliest. For damage that shows with a single client too, so that the answer
    /// alone is no better: of speculation, and of prompts read otherwise than answers are. How the two differ is part of the
    /// measured noise, so log-probabilities are held to what passes as noise on any server.
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
            if (await solo.ForcedAsync(prompt, [.. answer.Take(start)], count, cancellation) is not { } read) break;
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
                        Invariant($"log-probabilities move by {move:G3} nats when the server reads the answer so far, ")
                        + Invariant($"and 16-bit arithmetic moves them by at most {NoiseFloor.LargestMove}"));
                if (expected.Is(actual)) continue;
                first ??= at;
                ties++;
                if (at.Z >= CorruptZ)
                    return new Judgement(
                        Outcome.Corrupt, rows, ties, at,
                        "it does not go on as the server does that reads the answer so far: "
                        + Invariant($"gap {at.Gap:G3} nats, {at.Z:G3} times the noise"));
                break;
            }
        }

        return first is null ? new Judgement(Outcome.Same, rows, 0, null, "the same")
            : first.Z < TieZ ? new Judgement(Outcome.Tie, rows, ties, first, "near-ties")
            : new Judgement(Outcome.Undecided, rows, ties, first, "another token than the server reads");
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

    private static string Invariant(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
