namespace Gdn.Optimized.Batching;

/// <summary>Where one sequence of a pass finds its recurrent state, and what it leaves.</summary>
/// <param name="Slot">State slot.</param>
/// <param name="ConvPlane">Plane of the slot with the conv window to start from; another than 0 after a rollback.</param>
/// <param name="DeltaPlane">Plane of the slot with the S to start from; the same but for faults.</param>
/// <param name="Resets">Whether the sequence starts here, from a zero state, whatever the slot holds.</param>
/// <param name="Tokens">Its tokens.</param>
/// <param name="Planes">Planes that the pass leaves, newest first: <c>min(Tokens, P)</c>.</param>
public readonly record struct SequenceRoute(
    int Slot, int ConvPlane, int DeltaPlane, bool Resets, int Tokens, int Planes)
{
    /// <summary>Where it stands in its ring, if S is kept in one instead of planes.</summary>
    public RingRoute Ring { get; init; }
}
