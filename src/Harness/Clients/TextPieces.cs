namespace Gdn.Harness.Clients;

/// <summary>
/// Answers, or parts of them, of which servers report nothing but text. It comes in pieces as the network has it, so it is cut
/// anew, into words: the same text makes the same pieces.
/// </summary>
internal static class TextPieces
{
    /// <summary>Whether some of an answer is text and nothing else: no ids, no log-probabilities.</summary>
    public static bool IsText(IReadOnlyList<ServedToken> tokens) => tokens.Any(IsPiece);

    /// <summary>The answer with words for pieces of text; its tokens stay as they are.</summary>
    /// <param name="answer">The answer.</param>
    /// <param name="isWhole">Whether it ended by itself; else its last word may lack letters, and is left out.</param>
    public static Completion Settle(Completion answer, bool isWhole)
    {
        if (!IsText(answer.Tokens)) return answer;
        var settled = new List<ServedToken>();
        string text = "";
        foreach (ServedToken token in answer.Tokens)
        {
            if (IsPiece(token))
            {
                text += token.Text;
                continue;
            }

            AddWords(settled, text);
            text = "";
            settled.Add(token);
        }

        AddWords(settled, text);
        if (!isWhole && text.Length > 0) settled.RemoveAt(settled.Count - 1);
        return answer with { Tokens = settled };
    }

    private static bool IsPiece(ServedToken token) => token is { Id: null, LogProbability: null, Candidates.Count: 0 };

    // A word goes with the space before it, as tokens do.
    private static void AddWords(List<ServedToken> words, string text)
    {
        int start = 0;
        for (int i = 1; i <= text.Length; i++)
        {
            if (i < text.Length && (!char.IsWhiteSpace(text[i]) || char.IsWhiteSpace(text[i - 1]))) continue;
            words.Add(new ServedToken(null, text[start..i], null, []));
            start = i;
        }
    }
}
