using System.Numerics;

namespace Gdn.Reference.Operators;

/// <summary>Normalisation of queries and keys to unit length.</summary>
public static class L2Norm
{
    /// <summary>
    /// <c>x / sqrt(|x|^2 + eps)</c> in place for each row, as the models were trained. Engines that take the epsilon for the least
    /// norm to divide by instead (llama.cpp did until August 2026) differ by <c>eps / 2|x|^2</c>: in single precision, more than
    /// rounding does to short rows.
    /// </summary>
    /// <param name="x">Rows of <paramref name="length"/> elements, contiguous.</param>
    /// <param name="length">Head dimension.</param>
    /// <param name="epsilon">Added under the root.</param>
    public static void Run<T>(Span<T> x, int length, T epsilon) where T : IFloatingPointIeee754<T>
    {
        for (int start = 0; start < x.Length; start += length)
        {
            Span<T> row = x.Slice(start, length);
            T norm = T.Sqrt(Linear.Dot<T>(row, row) + epsilon);
            foreach (ref T entry in row) entry /= norm;
        }
    }
}
