using Gdn.Optimized.Cuda.Kernels;

namespace Gdn.Optimized.Cuda.Accelerators;

/// <summary>The kernels of the delta rule.</summary>
public enum ScanKernel
{
    /// <summary><see cref="DeltaColumnKernel"/>: any shape.</summary>
    Columns,

    /// <summary><see cref="DeltaTileKernel"/>: few tokens.</summary>
    Tiles,

    /// <summary><see cref="DeltaStreamKernel.RunFew"/>: many tokens of few sequences.</summary>
    StreamFew,

    /// <summary><see cref="DeltaStreamKernel.RunMany"/>: many tokens of many sequences.</summary>
    StreamMany,
}

/// <summary>Which kernel a scan runs on.</summary>
public static class ScanKernels
{
    // Up to so many tokens the traffic of states counts, beyond it the steps from token to token.
    private const int FewTokens = 8;

    /// <summary>The fastest kernel that takes a scan. It depends on how long sequences are, and on how many there are.</summary>
    /// <param name="sizes">The sizes, with the threads of a group.</param>
    /// <param name="sequences">n_seqs.</param>
    /// <param name="longest">Tokens of the longest sequence.</param>
    /// <param name="gpu">The device.</param>
    public static ScanKernel For(in ScanSizes sizes, int sequences, int longest, Gpu gpu)
    {
        if (gpu.IsDirect) return ScanKernel.Columns;
        int warp = gpu.Accelerator.WarpSize;
        if (longest > FewTokens && DeltaStreamKernel.Fits(sizes, 4, warp)
            && sequences * DeltaStreamKernel.GroupsOf(sizes, 4) >= gpu.Accelerator.NumMultiprocessors)
            return ScanKernel.StreamMany;
        if (longest > FewTokens && DeltaStreamKernel.Fits(sizes, 2, warp)) return ScanKernel.StreamFew;
        return DeltaTileKernel.Fits(sizes, warp, gpu.Accelerator.MaxNumThreadsPerGroup) ? ScanKernel.Tiles : ScanKernel.Columns;
    }
}
