namespace Gdn.Optimized.Cuda.Kernels;

/// <summary>One sequence of a pass, as kernels see it. Rows are those of a pool of states, one per slot and plane.</summary>
public struct PassSequence
{
    /// <summary>Index of its first token in the pass, for the convolution.</summary>
    public int Start { readonly get; set; }

    /// <summary>Its tokens, for the convolution.</summary>
    public int Count { readonly get; set; }

    /// <summary>Row with its conv window before the first token; negative where it starts from an empty one.</summary>
    public int ConvSource { readonly get; set; }

    /// <summary>Index of its first target in the list of rows that conv windows are written to, newest first.</summary>
    public int ConvTargets { readonly get; set; }

    /// <summary>Planes that it leaves, at least 1.</summary>
    public int Planes { readonly get; set; }

    /// <summary>Index of the first token that its delta scan covers.</summary>
    public int ScanStart { readonly get; set; }

    /// <summary>Tokens that its delta scan covers.</summary>
    public int ScanCount { readonly get; set; }

    /// <summary>Row with its S before the first token; negative where it starts from S = 0.</summary>
    public int DeltaSource { readonly get; set; }

    /// <summary>Index of its first target in the list of rows that S is written to, newest first.</summary>
    public int DeltaTargets { readonly get; set; }

    /// <summary>Planes that its delta scan leaves, at least 1.</summary>
    public int DeltaPlanes { readonly get; set; }
}
