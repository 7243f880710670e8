using ILGPU;

namespace Gdn.Optimized.Cuda.Kernels;

/// <summary>Makes queries and keys unit vectors.</summary>
public static class UnitKernel
{
    /// <summary><c>x / sqrt(|x|^2 + eps)</c> in place, for the first heads of each token. A thread takes heads.</summary>
    /// <param name="tokens">n_tokens.</param>
    /// <param name="heads">Heads of a token to normalise.</param>
    /// <param name="dim">Entries of a head.</param>
    /// <param name="stride">Entries from a token to the next, at least heads * dim.</param>
    /// <param name="epsilon">Added under the root.</param>
    /// <param name="x"><c>[n_tokens, stride]</c>; updated.</param>
    public static void Run(int tokens, int heads, int dim, int stride, float epsilon, ArrayView<float> x) =>
        Items(Grid.GlobalIndex.X, Grid.DimX * Group.DimX, tokens, heads, dim, stride, epsilon, x);

    /// <summary>The items of one thread: every so many, from the first on.</summary>
    internal static void Items(int first, int step, int tokens, int heads, int dim, int stride, float epsilon, ArrayView<float> x)
    {
        for (int i = first; i < tokens * heads; i += step)
        {
            int t = i / heads, start = t * stride + (i - t * heads) * dim;
            float sum = 0;
            for (int j = start; j < start + dim; j++) sum += x[j] * x[j];
            float norm = MathF.Sqrt(sum + epsilon);
            for (int j = start; j < start + dim; j++) x[j] /= norm;
        }
    }
}
