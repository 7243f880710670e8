using Gdn.Harness.Divergence;

namespace Gdn.Harness.MtpDiff;

/// <summary>An answer that is not that without drafts, beside it.</summary>
/// <param name="Prompt">Name of the prompt.</param>
/// <param name="Arm">Name of the way of drafting.</param>
/// <param name="Outcome">What the difference means.</param>
/// <param name="Token">Index of the token that differs, or whose logits are wrong; null if the answer is too short.</param>
/// <param name="Gap">There, how much likelier the token without drafts is, in nats; null where not known.</param>
/// <param name="GapInNoise">The gap in units of the noise.</param>
/// <param name="Without">The text without drafts, that token in brackets.</param>
/// <param name="With">The text with drafts.</param>
internal sealed record DivergenceRow(
    string Prompt, string Arm, Outcome Outcome, int? Token, double? Gap, double? GapInNoise, string Without, string With)
{
    // Tokens of the text before and after the one in brackets.
    private const int Before = 16, After = 8;

    /// <summary>Of an answer on an engine.</summary>
    public static DivergenceRow Of(
        PromptSet prompts, int prompt, string arm, int[] without, int[] with, AnswerDifference difference)
    {
        int? at = difference.First?.Token ?? difference.Divergence;
        return new DivergenceRow(
            prompts.Prompts[prompt].Name, arm, difference.Outcome, at, difference.Gap, difference.GapInNoise,
            Marked(without, at, prompts.Text), Marked(with, at, prompts.Text));
    }

    /// <summary>The text around a token, and that in brackets.</summary>
    /// <param name="tokens">The tokens.</param>
    /// <param name="at">Which one; null for none, then there is no text.</param>
    /// <param name="textOf">The text of some of them.</param>
    public static string Marked<T>(IReadOnlyList<T> tokens, int? at, Func<IEnumerable<T>, string> textOf)
    {
        if (at is not { } middle || middle >= tokens.Count) return "";
        int first = Math.Max(0, middle - Before), end = Math.Min(tokens.Count, middle + 1 + After);
        return $"{(first > 0 ? "..." : "")}{Text(first, middle)}[{Text(middle, middle + 1)}]{Text(middle + 1, end)}";

        string Text(int from, int to) =>
            textOf(tokens.Skip(from).Take(to - from)).Replace("\n", "\\n", StringComparison.Ordinal);
    }
}
