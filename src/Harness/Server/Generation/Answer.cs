namespace Gdn.Harness.Server.Generation;

/// <summary>An answer in progress on a slot: chooses tokens, counts, and knows when to stop.</summary>
/// <param name="request">What is wanted.</param>
/// <param name="cachedTokens">Tokens of the prompt whose state was known.</param>
internal abstract class Answer(GenerationRequest request, int cachedTokens)
{
    /// <summary>What is wanted.</summary>
    public GenerationRequest Request => request;

    /// <summary>Tokens of the prompt whose state was known.</summary>
    public int CachedTokens => cachedTokens;

    /// <summary>Tokens so far.</summary>
    public int Count { get; private set; }

    /// <summary>Tokens that may still come.</summary>
    public int Left => Request.MaxTokens - Count;

    /// <summary>Tokens drafted so far.</summary>
    public int Drafted { get; set; }

    /// <summary>Drafts accepted so far.</summary>
    public int Accepted { get; set; }

    /// <summary>Why it ended; null while it is in progress.</summary>
    public StopReason? Reason { get; private set; }

    /// <summary>Whether the context was full.</summary>
    public bool IsTruncated { get; private set; }

    /// <summary>Chooses the next token by its logits.</summary>
    /// <param name="logits">The row <c>[V]</c>.</param>
    /// <param name="hasRoom">Whether the context holds the token, so that another could follow.</param>
    public int Add(ReadOnlySpan<float> logits, bool hasRoom)
    {
        (int token, StopReason? stop) = Choose(logits);
        Count++;
        IsTruncated = !hasRoom;
        Reason = stop ?? (Left <= 0 || IsTruncated ? StopReason.Limit : null);
        return token;
    }

    /// <summary>Chooses it, and says why the answer ends with it; null if it need not.</summary>
    protected abstract (int Token, StopReason? Stop) Choose(ReadOnlySpan<float> logits);
}
