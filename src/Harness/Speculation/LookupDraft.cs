namespace Gdn.Harness.Speculation;

/// <summary>
/// Drafts by prompt lookup: what followed the last tokens when they came before. Costs no model, and is right often in
/// text that repeats itself.
/// </summary>
internal static class LookupDraft
{
    private const int LongestPattern = 3;

    /// <summary>The tokens that may come next.</summary>
    /// <param name="history">The sequence so far.</param>
    /// <param name="count">How many at most.</param>
    /// <returns>Empty when even the last token is new.</returns>
    public static int[] After(ReadOnlySpan<int> history, int count)
    {
        for (int length = Math.Min(LongestPattern, history.Length - 1); length > 0 && count > 0; length--)
        {
            int found = history[..^1].LastIndexOf(history[^length..]);
            if (found < 0) continue;
            ReadOnlySpan<int> following = history[(found + length)..];
            return following[..Math.Min(count, following.Length)].ToArray();
        }

        return [];
    }
}
