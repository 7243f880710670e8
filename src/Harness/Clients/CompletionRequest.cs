namespace Gdn.Harness.Clients;

/// <summary>What a server is asked: to go on greedily, past any end-of-text token.</summary>
/// <param name="Prompt">What to continue.</param>
/// <param name="MaxTokens">Number of tokens wanted, from 1.</param>
/// <param name="Cache">Whether the server may use what it has cached of the prompt, where it can be told.</param>
/// <param name="Slot">The slot that is to answer, where the server can be told; null for any.</param>
/// <param name="Stream">Whether tokens are sent one by one.</param>
/// <param name="Candidates">How many of the likeliest tokens are wanted at each position.</param>
/// <param name="Purpose">What it is asked for; for transcripts, not sent.</param>
public sealed record CompletionRequest(
    Prompt Prompt, int MaxTokens, bool Cache = false, int? Slot = null, bool Stream = true, int Candidates = 20,
    string Purpose = "");
