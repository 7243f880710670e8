using Gdn.Harness.Speculation;

namespace Gdn.Harness.Bleed.Oracle;

/// <summary>How many tokens a server drafts at a time, if it drafts by prompt lookup as this tool's own does.</summary>
internal static class DraftLength
{
    private const int Longest = 16;

    /// <summary>The draft length that gives as many drafts for each answer as the server reports; 0 if none does.</summary>
    /// <param name="answers">Complete answers, and how many tokens were drafted for each.</param>
    public static int Of(IReadOnlyList<(ForcedAnswer Answer, int Drafted)> answers) =>
        answers.All(answer => answer.Drafted == 0)
            ? 0
            : Enumerable.Range(1, Longest).FirstOrDefault(
                length => answers.All(answer => DraftedFor(answer.Answer, length) == answer.Drafted));

    private static int DraftedFor(ForcedAnswer answer, int length)
    {
        int[] tokens = [.. answer.Prompt, .. answer.Tokens.Select(token => token.Id!.Value)];
        int drafted = 0;
        // The token before is chosen, and not yet read: it is read with the drafts that follow it.
        for (int chosen = answer.Prompt.Count + 1; chosen < tokens.Length;)
        {
            int left = tokens.Length - chosen;
            int[] drafts = LookupDraft.After(tokens.AsSpan(0, chosen), Math.Min(length, left - 1));
            drafted += drafts.Length;
            int accepted = 0;
            while (accepted < drafts.Length && drafts[accepted] == tokens[chosen + accepted]) accepted++;
            chosen += accepted + 1;
        }

        return drafted;
    }
}
