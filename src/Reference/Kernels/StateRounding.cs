namespace Gdn.Reference.Kernels;

/// <summary>When a kernel rounds a state to the format in which it keeps it.</summary>
public enum StateRounding
{
    /// <summary>At most once a chunk: after each token where tokens are not solved together.</summary>
    PerChunk,

    /// <summary>After each token, always; snapshots hold rounded states.</summary>
    PerToken,

    /// <summary>Once, after the last token; within a call states are in single precision.</summary>
    PerCall,
}
