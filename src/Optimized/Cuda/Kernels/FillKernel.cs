using ILGPU;

namespace Gdn.Optimized.Cuda.Kernels;

/// <summary>Sets every entry to a value.</summary>
public static class FillKernel
{
    /// <summary>A thread takes entries.</summary>
    public static void Run(ArrayView<float> x, float value) =>
        Items(Grid.GlobalIndex.X, Grid.DimX * Group.DimX, x, value);

    /// <summary>The items of one thread: every so many, from the first on.</summary>
    internal static void Items(int first, int step, ArrayView<float> x, float value)
    {
        for (long i = first; i < x.Length; i += step) x[i] = value;
    }
}
