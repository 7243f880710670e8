using Gdn.Harness.Engines;
using Gdn.Harness.Engines.Cuda;
using Gdn.Harness.Kernels.Cases;
using Gdn.Harness.Kernels.Checks;
using Gdn.Optimized.Cuda.Accelerators;
using Gdn.Optimized.Cuda.Kernels;
using Gdn.Reference.Kernels;
using Gdn.Reference.Operators;
using Xunit;

namespace Gdn.Properties.Optimized.Cuda;

/// <summary>The kernels of the delta rule that use warps and groups, on the CPU in the place of a GPU.</summary>
public class ScanKernelTests
{
    // A warp of as few threads as make up a group, each of which is one of the CPU.
    [Theory]
    [InlineData(ScanKernel.Tiles, 4, 1, 1, 32, 8, 0, false)]
    [InlineData(ScanKernel.Tiles, 4, 2, 3, 64, 4, 2, false)]
    [InlineData(ScanKernel.Tiles, 4, 1, 2, 16, 16, 1, true)]
    [InlineData(ScanKernel.StreamFew, 16, 1, 11, 64, 8, 3, false)]
    [InlineData(ScanKernel.StreamMany, 16, 2, 9, 64, 16, 0, false)]
    [InlineData(ScanKernel.Columns, 4, 1, 9, 48, 8, 1, false)]
    public void Kernel_OfAShape_IsClean(
        ScanKernel kernel, int warpSize, int sequences, int tokens, int keyDim, int valueDim, int planes, bool perChannel)
    {
        using var gpu = Gpu.Emulate(isDirect: false, warpSize);
        var rule = new DeltaRuleShape(tokens, KeyHeads: 1, ValueHeads: 1, keyDim, valueDim, perChannel);
        Assert.Equal(
            kernel, ScanKernels.For(ScanSizes.Of(rule, HeadMap.Tiled, keyDim, valueDim) with { Threads = gpu.GroupSize }, sequences, tokens, gpu));
        var shape = new KernelShape(rule, sequences, planes, HeadMap.Tiled, PoolRows: sequences);
        using var engine = new CudaKernelEngine(EngineCatalog.CudaOnCpu, gpu);
        Assert.Equal([], KernelCheck.Run(engine, new KernelCase(shape, InputRegime.SlowGates, Seed: 1)).Findings);
    }
}
