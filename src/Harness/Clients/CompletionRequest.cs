namespace Gdn.Harness.Clients;

/// <summary>A request to a server: to continue a prompt greedily, past any end-of-text token.</summary>
/// <param name="Prompt">What to continue.</param>
/// <param name="MaxTokens">Number of tokens wanted, from 1.</param>
/// <param name="Cache">Whether the server may use what it has cached of the prompt, if it has such a switch.</param>
/// <param name="Slot">The slot that is to answer, where it can be chosen; null for any.</param>
/// <param name="Stream">Whether tokens are sent one by one.</param>
/// <param name="Candidates">How many of the likeliest tokens are wanted at each position; 0 for no log-probabilities.</param>
/// <param name="Purpose">Why it is sent, for transcripts; the server does not get it.</param>
public sealed record CompletionRequest(
    Prompt Prompt, int MaxTokens, bool Cache = false, int? Slot = null, bool Stream = true,
    int Candidates = CompletionRequest.UsualCandidates, string Purpose = "")
{
    /// <summary>As many candidates as OpenAI's API allows.</summary>
    public const int UsualCandidates = 20;

    /// <summary>
    /// K: most tokens drafted for one batch, 0 for no drafts, on servers that let a request choose; null for what the server was
    /// started with.
    /// </summary>
    public int? Drafts { get; init; }

    /// <summary>Whether the answer is to tell its rounds, if it is streamed and the server counts them.</summary>
    public bool TellsRounds { get; init; }
}
