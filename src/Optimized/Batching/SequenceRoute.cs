namespace Gdn.Optimized.Batching;

/// <summary>Where one sequence of a batched run finds its recurrent state.</summary>
/// <param name="Slot">State slot.</param>
/// <param name="LivePlane">Plane of the slot that holds the present state; another than 0 after a rollback.</param>
/// <param name="Resets">Whether the sequence starts here, from a zero state, whatever the slot holds.</param>
public readonly record struct SequenceRoute(int Slot, int LivePlane, bool Resets);
