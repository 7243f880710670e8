namespace Gdn.Harness.Faults.Seamed;

/// <summary>A copy of one slot's recurrent state.</summary>
/// <param name="Conv">Per linear layer <c>[W - 1, C]</c>.</param>
/// <param name="Delta">Per linear layer <c>[Hv, K, V]</c>.</param>
internal sealed record SlotState(float[][] Conv, float[][] Delta)
{
    /// <summary>All of them.</summary>
    public IEnumerable<float[]> Arrays => Conv.Concat(Delta);
}
