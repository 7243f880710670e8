using Gdn.Harness.Clients;
using Gdn.Harness.Divergence;

namespace Gdn.Harness.Bleed;

/// <summary>
/// Whether a bleed would show on this server at all: answers that from some token on are what the server says after
/// another prompt, put before the judge. A model that says the same whatever it was told, or noise that drowns everything,
/// makes every server look clean.
/// </summary>
/// <param name="Planted">Answers made.</param>
/// <param name="Missed">Those that passed as the server's own.</param>
public sealed record PositiveControl(int Planted, int Missed)
{
    /// <summary>Whether a clean verdict would mean nothing.</summary>
    public bool IsBlind => 2 * Missed > Planted;

    /// <summary>Plants each prompt's successor's state in the middle of its answer.</summary>
    /// <param name="solo">Asks the server alone.</param>
    /// <param name="noise">How much its log-probabilities move anyway.</param>
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
            int before = own.Count / 2;
            if (before == 0
                || await solo.ForcedAsync(
                    prompts[(i + 1) % prompts.Count], [own[before - 1]], own.Count - before, cancellation) is not { } strange)
                continue;
            ServedToken[] spoilt = [.. own.Take(before), .. strange];
            Judgement judgement = await judge.JudgeAsync(prompts[i], own, spoilt, spoilt.Length, cancellation);
            planted++;
            if (judgement.Outcome is Outcome.Same or Outcome.Tie) missed++;
        }

        return new PositiveControl(planted, missed);
    }
}
