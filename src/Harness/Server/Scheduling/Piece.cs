namespace Gdn.Harness.Server.Scheduling;

/// <summary>What one slot takes part in a pass with: a piece of its prompt, or its last token and drafts.</summary>
/// <param name="Slot">The slot.</param>
/// <param name="Tokens">The tokens.</param>
/// <param name="Outputs">How many of the last ones logits are wanted for.</param>
internal sealed record Piece(Slot Slot, int[] Tokens, int Outputs)
{
    /// <summary>The drafts among the tokens.</summary>
    public ReadOnlySpan<int> Drafts => Slot.IsDecoding ? Tokens.AsSpan(1) : [];
}
