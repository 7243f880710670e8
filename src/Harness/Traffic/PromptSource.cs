using Gdn.Harness.Clients;

namespace Gdn.Harness.Traffic;

/// <summary>A prompt that no other request has.</summary>
/// <param name="Prompt">The prompt.</param>
/// <param name="Codeword">The word that it contains and asks for, or null.</param>
internal sealed record DrawnPrompt(Prompt Prompt, string? Codeword);

/// <summary>Makes prompts.</summary>
internal abstract class PromptSource
{
    /// <summary>Whether prompts have exactly the requested length.</summary>
    public abstract bool IsExact { get; }

    /// <summary>Makes a prompt.</summary>
    /// <param name="seed">Same seed, same prompt.</param>
    /// <param name="length">In tokens; approximate where the tokens are not known.</param>
    /// <param name="cancellation">Ends it.</param>
    public abstract Task<DrawnPrompt> DrawAsync(ulong seed, int length, CancellationToken cancellation);

    /// <summary>Prompts for a server, with as much as is known of its tokens.</summary>
    /// <param name="server">The server.</param>
    /// <param name="seed">Names what is asked to find that out.</param>
    /// <param name="vocabulary">Random ids below this; null for texts with codewords.</param>
    /// <param name="tokenize">The tokens of a text, where the client knows the model; null to ask the server.</param>
    /// <param name="cancellation">Ends it.</param>
    public static async Task<PromptSource> ForAsync(
        ICompletionClient server, ulong seed, int? vocabulary, Func<string, IReadOnlyList<int>>? tokenize, CancellationToken cancellation)
    {
        if (vocabulary is { } ids) return new RandomTokens(ids);
        if (tokenize is not null && server.Info.TakesTokens)
            return new CodewordPrompts((text, _) => Task.FromResult<IReadOnlyList<int>?>(tokenize(text)));
        return server.Info.TakesTokens && await server.TokenizeAsync("codeword", cancellation) is { Count: > 0 }
            ? new CodewordPrompts(server.TokenizeAsync)
            : await CodewordPrompts.OfTextAsync(server, seed, cancellation);
    }
}
