using ILGPU;

namespace Gdn.Optimized.Cuda.Kernels;

/// <summary>Multiply-adds in registers and nothing else: what a device can do at most.</summary>
public static class MultiplyAddKernel
{
    /// <summary>Independent chains of an item, enough to hide the latency of each.</summary>
    public const int Chains = 8;

    /// <summary>A thread takes entries, and does so many multiply-adds in each chain for each.</summary>
    public static void Run(ArrayView<float> x, int loops) => Items(Grid.GlobalIndex.X, Grid.DimX * Group.DimX, x, loops);

    /// <summary>The items of one thread: every so many, from the first on.</summary>
    internal static void Items(int first, int step, ArrayView<float> x, int loops)
    {
        for (int i = first; i < x.IntLength; i += step)
        {
            float factor = x[i], a = 1, b = 2, c = 3, d = 4, e = 5, f = 6, g = 7, h = 8;
            for (int loop = 0; loop < loops; loop++)
            {
                a = a * factor + 1;
                b = b * factor + 1;
                c = c * factor + 1;
                d = d * factor + 1;
                e = e * factor + 1;
                f = f * factor + 1;
                g = g * factor + 1;
                h = h * factor + 1;
            }

            // Used, so that it is computed.
            x[i] = a + b + c + d + (e + f + g + h);
        }
    }
}
