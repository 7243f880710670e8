namespace Gdn.Harness.Kernels.Calls;

/// <summary>A result of the kernel.</summary>
public enum KernelBuffer
{
    /// <summary>o <c>[n_seqs, T, Hv, V]</c>.</summary>
    Output,

    /// <summary>States after the call, in order of sequences, not of pool rows: <c>[n_seqs, Hv, K, V]</c>.</summary>
    State,

    /// <summary>Snapshots, those planes that a call fills: <c>[planes, n_seqs, Hv, K, V]</c>.</summary>
    Snapshot,
}
