using Gdn.Optimized.Cuda.Kernels;
using ILGPU;
using ILGPU.Runtime;

namespace Gdn.Optimized.Cuda.Accelerators;

/// <summary>
/// What a device can do, measured by its own clock: the ceilings that kernels are compared with. The best of several attempts,
/// since a ceiling is what nothing exceeds.
/// </summary>
public static class DeviceProbe
{
    private const int Attempts = 20, ThreadsPerMultiprocessor = 2048, Loops = 4096, EmulatedThreads = 64;

    /// <summary>Bytes read and written a second by copies within device memory.</summary>
    /// <param name="gpu">The device.</param>
    /// <param name="bytes">Bytes read and written by one copy. What fits into a cache is measured there.</param>
    public static double Bandwidth(Gpu gpu, long bytes)
    {
        int length = (int)Math.Clamp(bytes / 2 / sizeof(float), 1, 1 << 28);
        using MemoryBuffer1D<float, Stride1D.Dense> source = gpu.Accelerator.Allocate1D<float>(length);
        using MemoryBuffer1D<float, Stride1D.Dense> target = gpu.Accelerator.Allocate1D<float>(length);
        gpu.Kernels.Fill(source.View, 1);
        ArrayView<float> from = source.View, to = target.View;
        return 2.0 * sizeof(float) * length / Fastest(gpu, () => to.CopyFrom(gpu.Accelerator.DefaultStream, from));
    }

    /// <summary>Multiply-adds a second in single precision, without tensor cores.</summary>
    public static double MultiplyAdds(Gpu gpu)
    {
        int threads = gpu.IsEmulated ? EmulatedThreads : gpu.Accelerator.NumMultiprocessors * ThreadsPerMultiprocessor;
        using MemoryBuffer1D<float, Stride1D.Dense> factors = gpu.Accelerator.Allocate1D<float>(threads);
        gpu.Kernels.Fill(factors.View, 0.5f);
        ArrayView<float> x = factors.View;
        return (double)threads * Loops * MultiplyAddKernel.Chains / Fastest(gpu, () => gpu.Kernels.MultiplyAdds(x, Loops));
    }

    private static double Fastest(Gpu gpu, Action work)
    {
        double best = double.PositiveInfinity;
        for (int i = 0; i < Attempts; i++) best = Math.Min(best, gpu.Time(work));
        return best;
    }
}
