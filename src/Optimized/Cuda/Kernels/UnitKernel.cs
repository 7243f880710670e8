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
    public static void Run(int tokens, int heads, int dim, int stride, float epsilon, ArrayView<float> x)
    {
        for (int i = Grid.GlobalIndex.X; i < tokens * heads; i += Grid.DimX * Group.DimX)
        {
            int t = i / heads, first = t * stride + (i - t * heads) * dim;
            float sum = 0;
            for (int j = first; j < first + dim; j++) sum += x[j] * x[j];
            float norm = MathF.Sqrt(sum + epsilon);
            for (int j = first; j < first + dim; j++) x[j] /= norm;
        }
    }
}
