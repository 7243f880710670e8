namespace Gdn.Optimized.Cpu.Routing;

/// <summary>What batched passes have copied since a device was made; passes in place copy nothing.</summary>
/// <param name="RowsGathered">State rows copied out for a pass, conv windows and S, where it is gathered, together as one.</param>
/// <param name="MasksApplied">State rows zeroed instead, for a sequence that starts.</param>
/// <param name="RowsScattered">State rows copied back.</param>
/// <param name="BytesCopied">What gathering and scattering moved, as single precision.</param>
public readonly record struct CopyCounters(long RowsGathered, long MasksApplied, long RowsScattered, long BytesCopied);
