using Gdn.Harness.Clients;
using Gdn.Harness.Divergence;
using Gdn.Harness.Traffic;
using static System.FormattableString;

namespace Gdn.Harness.Bleed;

/// <summary>
/// Whether a bleed would show on this server at all: the judge is given answers whose second half is that of another prompt's
/// answer. A model whose answers do not depend on its prompts, or noise that hides everything, makes every server look clean.
/// </summary>
/// <remarks>
/// Not verified: that smaller damage than another sequence's state would show. Planted are whole changes of state, half-way
/// through an answer.
/// </remarks>
/// <param name="Planted">Answers made.</param>
/// <param name="Missed">Those that passed as the server's own.</param>
public sealed record PositiveControl(int Planted, int Missed)
{
    /// <summary>Whether a clean verdict would mean nothing.</summary>
    public bool IsBlind => 2 * Missed > Planted;

    /// <summary>What is wrong with a server on which it would not, in words.</summary>
    public string Blindness =>
        Invariant($"blind: {Missed} of {Planted} answers with the second half of another prompt's answer pass as right; ")
        + "different prompts have one answer, so a bleed would not show";

    /// <summary>Puts into each prompt's answer, from its middle on, the same part of the next prompt's.</summary>
    /// <param name="solo">The server's solo answers.</param>
    /// <param name="noise">How much its log-probabilities move when nothing is wrong.</param>
    /// <param name="prompts">The prompts, no two alike.</param>
    /// <param name="count">Tokens of an answer.</param>
    /// <param name="cancellation">Ends it.</param>
    internal static async Task<PositiveControl> RunAsync(
        SoloAnswers solo, NoiseFloor noise, IReadOnlyList<Prompt> prompts, int count, CancellationToken cancellation)
    {
        var judge = new Judge(solo, noise);
        int planted = 0, missed = 0;
        for (int i = 0; i < prompts.Count; i++)
        {
            IReadOnlyList<ServedToken> own = (await solo.AnswerAsync(prompts[i], count, cancellation)).Tokens;
            IReadOnlyList<ServedToken> other =
                (await solo.AnswerAsync(prompts[(i + 1) % prompts.Count], count, cancellation)).Tokens;
            // At equal offsets: a server that does not read its prompts says the same there.
            int middle = own.Count / 2, end = Math.Min(own.Count, other.Count);
            if (end <= middle) continue;
            ServedToken[] spoilt = [.. own.Take(middle), .. other.Take(middle..end)];
            Judgement judgement = await judge.JudgeAsync(prompts[i], own, spoilt, spoilt.Length, cancellation);
            planted++;
            if (judgement.Outcome is Outcome.Same or Outcome.Tie) missed++;
        }

        return new PositiveControl(planted, missed);
    }
}
