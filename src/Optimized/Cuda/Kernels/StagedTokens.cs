using ILGPU;

namespace Gdn.Optimized.Cuda.Kernels;

/// <summary>A chunk of a sequence's tokens in shared memory.</summary>
public struct StagedTokens
{
    /// <summary>Unit queries <c>[chunk, K]</c>.</summary>
    public ArrayView<float> Queries { readonly get; set; }

    /// <summary>Unit keys <c>[chunk, K]</c>.</summary>
    public ArrayView<float> Keys { readonly get; set; }

    /// <summary>The group's columns of values <c>[chunk, Width]</c>; of tokens that are done, what they read out.</summary>
    public ArrayView<float> Values { readonly get; set; }

    /// <summary>exp(g): <c>[chunk]</c>.</summary>
    public ArrayView<float> Decays { readonly get; set; }

    /// <summary>Write strengths: <c>[chunk]</c>.</summary>
    public ArrayView<float> Strengths { readonly get; set; }

    /// <summary>What tokens of a block have to do with each other: see <see cref="DeltaBlock.Multiply"/>.</summary>
    public ArrayView<float> Products { readonly get; set; }

    /// <summary>Columns of the group.</summary>
    public int Width { readonly get; set; }

    /// <summary>The thread's first column among them.</summary>
    public int Column { readonly get; set; }
}
