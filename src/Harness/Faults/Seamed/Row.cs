namespace Gdn.Harness.Faults.Seamed;

/// <summary>The tokens of one sequence within a ubatch, or a row that only pads it.</summary>
/// <param name="Tenant">The sequence; null for padding.</param>
/// <param name="Slot">State slot.</param>
/// <param name="Position">Position of the first token.</param>
/// <param name="Tokens">Token ids.</param>
/// <param name="BatchIndex">Where they stand in the batch; empty for padding.</param>
/// <param name="Planes">States to keep, at least 1.</param>
internal sealed record Row(
    Tenant? Tenant, int Slot, int Position, int[] Tokens, int[] BatchIndex, int Planes)
{
    public int Count => Tokens.Length;

    /// <summary>Whether the sequence starts here.</summary>
    public bool IsFirst => Tenant is not null && Position == 0;
}
