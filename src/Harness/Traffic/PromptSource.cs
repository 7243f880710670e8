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
}
