using Gdn.Harness.Clients;
using Gdn.Harness.Traffic;

namespace Gdn.Harness.Bleed;

/// <summary>Whose state an answer was computed from.</summary>
/// <remarks>
/// Not verified: that the state is that of the donor. This is evidence from the text of the answer, to help find the
/// bug; it decides about corruption only where a codeword is found.
/// </remarks>
/// <param name="Donor">The request whose state it is.</param>
/// <param name="Evidence">Why.</param>
public sealed record Attribution(int Donor, string Evidence)
{
    /// <summary>Tokens in a row that the answer shares with the donor; 0 where something else names it.</summary>
    public int Run { get; init; }

    // Shorter runs of tokens occur by chance.
    private const int RunMin = 4;

    /// <summary>Looks for the codewords of others in an answer; each is in one prompt only.</summary>
    /// <param name="round">The round.</param>
    /// <param name="victim">The request.</param>
    /// <param name="text">Its answer in the round.</param>
    public static Attribution? ByCodeword(LiveRound round, int victim, string text)
    {
        // A prompt without one of its own may have the words of others in it.
        if (round.Requests[victim].Codeword is not { } own) return null;
        for (int donor = 0; donor < round.Requests.Count; donor++)
            if (round.Requests[donor].Codeword is { } word && word != own && text.Contains(word, StringComparison.Ordinal))
                return new Attribution(donor, $"the answer contains its codeword '{word}'");
        return null;
    }

    /// <summary>
    /// Looks for the longest run of tokens that the answer shares with the prompt or answer of another request, and that the
    /// expected answer does not share with it to that length.
    /// </summary>
    /// <param name="actual">The answer, from where it differs.</param>
    /// <param name="expected">The expected answer, from there.</param>
    /// <param name="others">Texts of the other requests, with their indices.</param>
    public static Attribution? ByOverlap(
        IReadOnlyList<ServedToken> actual, IReadOnlyList<ServedToken> expected,
        IEnumerable<(int Request, IReadOnlyList<ServedToken> Tokens)> others)
    {
        (int Request, int Run) best = (-1, 0);
        foreach ((int request, IReadOnlyList<ServedToken> tokens) in others)
        {
            int run = LongestRun(actual, tokens);
            if (run > best.Run && run >= RunMin && run >= LongestRun(expected, tokens) + RunMin / 2) best = (request, run);
        }

        return best.Request < 0
            ? null
            : new Attribution(best.Request, $"the answer shares a run of {best.Run} tokens with it") { Run = best.Run };
    }

    /// <summary>Of two corrupted answers, each may have been computed from the other's state.</summary>
    public static Attribution ByElimination(int donor) => new(donor, "a guess, since no other answer is corrupted");

    private static int LongestRun(IReadOnlyList<ServedToken> one, IReadOnlyList<ServedToken> other)
    {
        var runs = new int[other.Count + 1];
        int longest = 0;
        foreach (ServedToken token in one)
        {
            for (int j = other.Count; j > 0; j--)
            {
                runs[j] = token.Is(other[j - 1]) ? runs[j - 1] + 1 : 0;
                longest = Math.Max(longest, runs[j]);
            }
        }

        return longest;
    }
}
