using ILGPU;

namespace Gdn.Optimized.Cuda.Kernels;

/// <summary>What a delta scan reads and writes, in device memory.</summary>
public struct ScanViews
{
    /// <summary>The sequences: <c>[n_seqs]</c>.</summary>
    public ArrayView<PassSequence> Sequences { readonly get; init; }

    /// <summary>Rows to write, newest plane first, for each sequence from its first target on.</summary>
    public ArrayView<int> Targets { readonly get; init; }

    /// <summary>Unit queries, from the first token's on.</summary>
    public ArrayView<float> Q { readonly get; init; }

    /// <summary>Unit keys.</summary>
    public ArrayView<float> K { readonly get; init; }

    /// <summary>Values.</summary>
    public ArrayView<float> V { readonly get; init; }

    /// <summary>exp(g): <c>[n_tokens, Hv]</c>, or <c>[n_tokens, Hv, K]</c>.</summary>
    public ArrayView<float> Decay { readonly get; init; }

    /// <summary>Write strengths: <c>[n_tokens, Hv]</c>.</summary>
    public ArrayView<float> Beta { readonly get; init; }

    /// <summary>The pool <c>[rows, Hv, K, V]</c>; updated.</summary>
    public ArrayView<float> States { readonly get; init; }

    /// <summary>Receives o <c>[n_tokens, Hv, V]</c>.</summary>
    public ArrayView<float> Output { readonly get; init; }
}
