namespace Gdn.Harness.Faults.Seamed;

/// <summary>The tokens of one sequence within a ubatch.</summary>
/// <param name="Tenant">The sequence.</param>
/// <param name="Position">Position of the first token.</param>
/// <param name="Tokens">Token ids.</param>
/// <param name="BatchIndex">Where they stand in the batch; empty where nobody wants their logits.</param>
/// <param name="Planes">States to keep, at least 1.</param>
internal sealed record Segment(Tenant Tenant, int Position, int[] Tokens, int[] BatchIndex, int Planes)
{
    public int Count => Tokens.Length;

    /// <summary>State slot.</summary>
    public int Slot => Tenant.Slot;

    /// <summary>Whether the sequence starts here.</summary>
    public bool IsFirst => Position == 0;
}
