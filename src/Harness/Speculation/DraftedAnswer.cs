namespace Gdn.Harness.Speculation;

/// <summary>A token of an answer and the logits from which it was chosen.</summary>
/// <param name="Id">The token.</param>
/// <param name="Logits"><c>[V]</c>.</param>
/// <param name="Row">Number of that row among all rows of the run's schedule.</param>
internal readonly record struct ChosenToken(int Id, float[] Logits, int Row);

/// <summary>One round of one sequence: a token and its drafts in a batch.</summary>
/// <param name="Answered">Tokens of the answer before it.</param>
/// <param name="Drafts">The drafted tokens.</param>
/// <param name="Accepted">How many of them became part of the answer.</param>
internal sealed record DraftRound(int Answered, int[] Drafts, int Accepted)
{
    /// <summary>How many tokens were drafted, and how many accepted.</summary>
    public (int Drafted, int Accepted) Counts => (Drafts.Length, Accepted);
}

/// <summary>An answer that was made with drafts, and how.</summary>
/// <param name="Tokens">The answer.</param>
/// <param name="Rounds">The rounds after the first token, which comes from the prompt.</param>
internal sealed record DraftedAnswer(IReadOnlyList<ChosenToken> Tokens, IReadOnlyList<DraftRound> Rounds)
{
    /// <summary>The token ids.</summary>
    public int[] Ids => [.. Tokens.Select(token => token.Id)];
}
