using System.Numerics;

namespace Gdn.Reference.Operators;

/// <summary>Normalisation of queries and keys to unit length.</summary>
public static class L2Norm
{
    /// <summary>
    /// <c>x / max(|x|, eps)</c> in place for each row. The epsilon is a floor on the norm, as in the engines that run
    /// these models; the training code puts it under the root, which differs for tiny norms only.
    /// </summary>
    /// <param name="x">Rows of <paramref name="length"/> elements, contiguous.</param>
    /// <param name="length">Head dimension.</param>
    /// <param name="epsilon">Smallest norm to divide by.</param>
    public static void Run<T>(Span<T> x, int length, T epsilon) where T : IFloatingPointIeee754<T>
    {
        for (int start = 0; start < x.Length; start += length)
        {
            Span<T> row = x.Slice(start, length);
            T norm = T.Max(T.Sqrt(Linear.Dot<T>(row, row)), epsilon);
            foreach (ref T entry in row) entry /= norm;
        }
    }
}
