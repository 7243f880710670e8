namespace Gdn.Harness.Server.Generation;

/// <summary>Why an answer ended.</summary>
internal enum StopReason
{
    /// <summary>There is no answer: the prompt is empty.</summary>
    None,

    /// <summary>The token that ends answers.</summary>
    End,

    /// <summary>As many tokens as requested, or as the context holds.</summary>
    Limit,

    /// <summary>A stop word.</summary>
    Word,
}

/// <summary>The summary of a finished answer.</summary>
/// <param name="Slot">Where it was made.</param>
/// <param name="Reason">Why it ended.</param>
/// <param name="StopWord">The stop word found; empty when none was.</param>
/// <param name="Rest">Text held back until the end.</param>
/// <param name="Truncated">Whether the context was full.</param>
/// <param name="CachedTokens">Tokens of the prompt that were not read, their state being known.</param>
/// <param name="PromptTokens">Tokens of the prompt that were read.</param>
/// <param name="PromptTime">From the start to the first token.</param>
/// <param name="AnswerTokens">Tokens of the answer.</param>
/// <param name="AnswerTime">From there to the last.</param>
/// <param name="Drafted">Tokens drafted.</param>
/// <param name="Accepted">Of those, how many became part of the answer.</param>
/// <param name="TokensOnSlot">Tokens whose state the slot now holds.</param>
internal sealed record GenerationSummary(
    int Slot, StopReason Reason, string StopWord, string Rest, bool Truncated, int CachedTokens, int PromptTokens,
    TimeSpan PromptTime, int AnswerTokens, TimeSpan AnswerTime, int Drafted, int Accepted, int TokensOnSlot)
{
    /// <summary>An empty prompt has no answer.</summary>
    public static GenerationSummary OfEmptyPrompt { get; } =
        new(-1, StopReason.None, "", "", false, 0, 0, TimeSpan.Zero, 0, TimeSpan.Zero, 0, 0, 0);
}
