using Gdn.Harness.Clients;

namespace Gdn.Harness.MtpDiff.Servers;

/// <summary>What is compared on servers.</summary>
/// <param name="Server">The server that is to draft.</param>
/// <param name="Against">The server that its answers are compared with; null for itself without drafts.</param>
/// <param name="Seed">Names the run.</param>
/// <param name="Prompts">Texts, with their names in reports.</param>
internal sealed record ServerMtpDiffOptions(
    ICompletionClient Server, ICompletionClient? Against, ulong Seed, IReadOnlyList<(string Name, string Text)> Prompts)
{
    /// <summary>The K, ascending, on servers that let a request choose it.</summary>
    public IReadOnlyList<int> Drafts { get; init; } = [1, 2, 3, 4, 5, 6, 7, 8];

    /// <summary>np: requests at once, after one at a time.</summary>
    public int Np { get; init; } = 4;

    /// <summary>Tokens of an answer.</summary>
    public int Tokens { get; init; } = 48;
}
