namespace Gdn.Harness.Clients;

/// <summary>
/// Answers of servers that report nothing but text. It comes in parts as the network has it, so it is cut anew, into words:
/// the same text makes the same pieces.
/// </summary>
internal static class TextPieces
{
    /// <summary>Whether tokens are text and nothing else: no ids, no log-probabilities.</summary>
    public static bool IsText(IReadOnlyList<ServedToken> tokens) =>
        tokens.All(token => token is { Id: null, LogProbability: null });

    /// <summary>The answer with words for tokens, if it is text and nothing else; otherwise as it is.</summary>
    /// <param name="answer">The answer.</param>
    /// <param name="isWhole">Whether it ended by itself; else its last word may lack letters, and is left out.</param>
    public static Completion Settle(Completion answer, bool isWhole)
    {
        if (!IsText(answer.Tokens)) return answer;
        List<ServedToken> words = Words(answer.Text);
        if (!isWhole && words.Count > 0) words.RemoveAt(words.Count - 1);
        return answer with { Tokens = words };
    }

    // A word goes with the space before it, as tokens do.
    private static List<ServedToken> Words(string text)
    {
        var words = new List<ServedToken>();
        int start = 0;
        for (int i = 1; i <= text.Length; i++)
        {
            if (i < text.Length && (!char.IsWhiteSpace(text[i]) || char.IsWhiteSpace(text[i - 1]))) continue;
            words.Add(new ServedToken(null, text[start..i], null, []));
            start = i;
        }

        return words;
    }
}
