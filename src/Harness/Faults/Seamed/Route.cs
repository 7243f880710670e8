namespace Gdn.Harness.Faults.Seamed;

/// <summary>Where one row of a ubatch finds its recurrent state, and what it leaves.</summary>
/// <param name="Slot">State slot.</param>
/// <param name="Plane">Plane of the slot that holds the state to start from.</param>
/// <param name="Resets">Whether the sequence starts from the zero state, whatever the slot holds.</param>
/// <param name="Count">Tokens.</param>
/// <param name="Planes">States to keep, at least 1.</param>
internal readonly record struct Route(int Slot, int Plane, bool Resets, int Count, int Planes)
{
    /// <summary>How the row goes through the scan.</summary>
    public ScanPath Path => Count == 1 ? ScanPath.Decode : Planes > 1 ? ScanPath.Verify : ScanPath.Prefill;
}
