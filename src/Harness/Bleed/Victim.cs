using Gdn.Harness.Clients;
using Gdn.Harness.Divergence;

namespace Gdn.Harness.Bleed;

/// <summary>An answer that noise does not explain.</summary>
/// <param name="Request">Its index in the round.</param>
/// <param name="Slot">The slot that gave it, where the server reports it.</param>
/// <param name="Judgement">Why.</param>
/// <param name="From">Whose text it has, where that can be seen.</param>
/// <param name="Solo">The server's answer to the same prompt when it has no other request.</param>
/// <param name="Batched">The answer of the round.</param>
public sealed record Victim(
    int Request, int? Slot, Judgement Judgement, Attribution? From, Completion Solo, Completion Batched)
{
    /// <summary>Whether the answer to the prompt alone is wrong already, which only a reference can show.</summary>
    public bool IsAlone { get; init; }

    /// <summary>
    /// What the reference would have chosen after the same tokens, as far as the answer that is wrong goes; null without one.
    /// </summary>
    public IReadOnlyList<ServedToken>? Reference { get; init; }
}
