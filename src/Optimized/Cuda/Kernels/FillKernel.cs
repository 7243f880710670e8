using ILGPU;

namespace Gdn.Optimized.Cuda.Kernels;

/// <summary>Sets every entry to a value.</summary>
public static class FillKernel
{
    /// <summary>A thread takes entries.</summary>
    public static void Run(ArrayView<float> x, float value)
    {
        for (long i = Grid.GlobalIndex.X; i < x.Length; i += Grid.DimX * Group.DimX) x[i] = value;
    }
}
