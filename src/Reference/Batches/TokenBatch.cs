namespace Gdn.Reference.Batches;

/// <summary>
/// What one pass runs: tokens of any number of sequences in any interleaving. Within a sequence the positions
/// increase by one in batch order.
/// </summary>
public sealed class TokenBatch
{
    private readonly BatchToken[] _tokens;

    /// <summary>Takes the tokens in the order in which the engine is to see them.</summary>
    /// <param name="tokens">The tokens; copied.</param>
    public TokenBatch(IEnumerable<BatchToken> tokens)
    {
        _tokens = [.. tokens];
        foreach (BatchToken token in _tokens)
            if (token.Output) OutputCount++;
    }

    /// <summary>The tokens in batch order.</summary>
    public ReadOnlySpan<BatchToken> Tokens => _tokens;

    /// <summary>Number of tokens.</summary>
    public int Count => _tokens.Length;

    /// <summary>Number of rows of logits that a pass over this batch returns.</summary>
    public int OutputCount { get; }
}
