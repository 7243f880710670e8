namespace Gdn.Harness.Clients;

/// <summary>One round of an answer: a token and its drafts in a batch of the server.</summary>
/// <param name="Answered">Tokens of the answer before it.</param>
/// <param name="Drafted">Tokens drafted.</param>
/// <param name="Accepted">How many of them became part of the answer; the others were taken back.</param>
public readonly record struct ServedRound(int Answered, int Drafted, int Accepted)
{
    /// <summary>Tokens that the server had to take back after it.</summary>
    public int TakenBack => Drafted - Accepted;
}
