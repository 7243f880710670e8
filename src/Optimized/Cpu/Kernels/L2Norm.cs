using System.Numerics;
using System.Runtime.InteropServices;

namespace Gdn.Optimized.Cpu.Kernels;

/// <summary>Normalisation of queries and keys to unit length.</summary>
public static class L2Norm
{
    /// <summary><c>x / max(|x|, eps)</c> in place for each row.</summary>
    /// <param name="x">Rows of <paramref name="length"/> elements, contiguous.</param>
    /// <param name="length">Head dimension.</param>
    /// <param name="epsilon">Smallest norm to divide by.</param>
    /// <exception cref="ArgumentException">A length does not fit.</exception>
    public static void Run(Span<float> x, int length, float epsilon)
    {
        if (x.Length % length != 0)
            throw new ArgumentException($"x has {x.Length} elements, expected rows of {length}.");
        for (int start = 0; start < x.Length; start += length)
        {
            Span<float> row = x.Slice(start, length);
            ref float first = ref MemoryMarshal.GetReference(row);
            float scale = 1 / MathF.Max(MathF.Sqrt(VectorMath.Dot(ref first, ref first, length)), epsilon);
            int i = 0;
            for (; i <= length - Vector<float>.Count; i += Vector<float>.Count)
                (new Vector<float>(row[i..]) * scale).CopyTo(row[i..]);
            for (; i < length; i++) row[i] *= scale;
        }
    }
}
