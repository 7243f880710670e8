using Gdn.Harness.Clients;

namespace Gdn.Harness.Bleed.Oracle;

/// <summary>An answer whose tokens are known by id, as are those of its prompt: it can be put through another engine.</summary>
/// <param name="Prompt">Token ids, at least one.</param>
/// <param name="Tokens">The answer, each token with an id, candidates likewise.</param>
internal sealed record ForcedAnswer(IReadOnlyList<int> Prompt, IReadOnlyList<ServedToken> Tokens)
{
    /// <summary>Every token that is fed: the last of the answer is only predicted.</summary>
    public int[] Fed => [.. Prompt, .. Tokens.SkipLast(1).Select(token => token.Id!.Value)];

    /// <summary>The same without what the server reports beside its tokens.</summary>
    public ForcedAnswer Bare => this with { Tokens = [.. Tokens.Select(token => token with { Candidates = [] })] };

    /// <summary>Whether this answer begins as the other does, after the same prompt, so that one reading serves both.</summary>
    public bool Begins(ForcedAnswer other) =>
        Tokens.Count <= other.Tokens.Count
        && Prompt.SequenceEqual(other.Prompt)
        && Tokens.Zip(other.Tokens).All(pair => pair.First.Id == pair.Second.Id);
}
