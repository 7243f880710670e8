namespace Gdn.Harness.Server.Generation;

/// <summary>What a client wants, checked.</summary>
/// <param name="Prompt">Token ids, all in the vocabulary, fewer than the context holds.</param>
internal sealed record GenerationRequest(int[] Prompt)
{
    /// <summary>The answer's length at most.</summary>
    public int MaxTokens { get; init; } = int.MaxValue;

    /// <summary>0 for the likeliest token each time.</summary>
    public double Temperature { get; init; }

    /// <summary>Of random choices.</summary>
    public ulong Seed { get; init; }

    /// <summary>How many of the likeliest tokens to report for each one; 0 for no log-probabilities at all.</summary>
    public int Probabilities { get; init; }

    /// <summary>Whether the token that ends answers is never chosen.</summary>
    public bool IgnoreEnd { get; init; }

    /// <summary>The answer ends before the first of these.</summary>
    public IReadOnlyList<string> StopWords { get; init; } = [];

    /// <summary>Whether what is cached of the prompt may be used, and the prompt be cached.</summary>
    public bool UseCache { get; init; } = true;

    /// <summary>K: most tokens drafted for one batch; null for as many as the server was started with, which are the most.</summary>
    public int? Drafts { get; init; }

    /// <summary>The slot to answer on; null for any.</summary>
    public int? Slot { get; init; }
}
