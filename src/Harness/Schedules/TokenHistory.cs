namespace Gdn.Harness.Schedules;

/// <summary>
/// The tokens that a state has absorbed, as a node in the tree of all token sequences: the same tokens are the same node.
/// An engine's state, and so its logits, may depend on nothing else.
/// </summary>
public sealed class TokenHistory
{
    private readonly Dictionary<int, TokenHistory> _next = [];

    /// <summary>A new tree; this is its root, the history without tokens.</summary>
    public TokenHistory()
    {
    }

    private TokenHistory(TokenHistory parent, int token)
    {
        Parent = parent;
        Token = token;
        Length = parent.Length + 1;
    }

    /// <summary>The history without the last token; null at the root.</summary>
    public TokenHistory? Parent { get; }

    /// <summary>The last token; meaningless at the root.</summary>
    public int Token { get; }

    /// <summary>How many tokens: the position of the next.</summary>
    public int Length { get; }

    /// <summary>With one more token.</summary>
    public TokenHistory Append(int token) =>
        _next.TryGetValue(token, out TokenHistory? next) ? next : _next[token] = new TokenHistory(this, token);

    /// <summary>With more tokens.</summary>
    public TokenHistory Append(IEnumerable<int> tokens) => tokens.Aggregate(this, (history, token) => history.Append(token));

    /// <summary>Without the last tokens.</summary>
    public TokenHistory Back(int count)
    {
        TokenHistory history = this;
        for (int i = 0; i < count; i++)
            history = history.Parent ?? throw new ArgumentOutOfRangeException(nameof(count), count, $"There are {Length} tokens.");
        return history;
    }

    /// <summary>The tokens, oldest first.</summary>
    public int[] ToTokens()
    {
        var tokens = new int[Length];
        for (TokenHistory history = this; history.Parent is not null; history = history.Parent)
            tokens[history.Length - 1] = history.Token;
        return tokens;
    }
}
