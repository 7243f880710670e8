using System.Numerics;
using System.Runtime.InteropServices;
using Gdn.Reference.Operators;

namespace Gdn.Optimized.Cpu.Kernels;

/// <summary>Root-mean-square normalisation.</summary>
public static class RmsNormKernel
{
    /// <summary><c>y = x / sqrt(mean(x^2) + eps) * w</c> for each row; y may be x.</summary>
    /// <param name="x">Rows of <c>weights.Length</c> elements, contiguous.</param>
    /// <param name="weights">w.</param>
    /// <param name="epsilon">Added under the root.</param>
    /// <param name="y">As long as x.</param>
    /// <exception cref="ArgumentException">A length does not fit.</exception>
    public static void Run(ReadOnlySpan<float> x, ReadOnlySpan<float> weights, float epsilon, Span<float> y)
    {
        int length = weights.Length;
        if (x.Length % length != 0 || y.Length != x.Length)
            throw new ArgumentException($"x has {x.Length} and y {y.Length} elements, expected rows of {length}.");
        for (int start = 0; start < x.Length; start += length)
        {
            ReadOnlySpan<float> row = x.Slice(start, length);
            Span<float> result = y.Slice(start, length);
            ref float first = ref MemoryMarshal.GetReference(row);
            float scale = 1 / MathF.Sqrt(VectorMath.Dot(ref first, ref first, length) / length + epsilon);
            int i = 0;
            for (; i <= length - Vector<float>.Count; i += Vector<float>.Count)
                (new Vector<float>(row[i..]) * scale * new Vector<float>(weights[i..])).CopyTo(result[i..]);
            for (; i < length; i++) result[i] = row[i] * scale * weights[i];
        }
    }

    /// <summary>The end of a linear layer: <c>x &lt;- RMSNorm(x) * silu(z)</c>, or sigmoid(z), the norm first, per head.</summary>
    /// <param name="x">Rows of <c>weights.Length</c> elements; replaced.</param>
    /// <param name="z">Gate before its activation; as long as x.</param>
    /// <param name="weights">w.</param>
    /// <param name="epsilon">Added under the root.</param>
    /// <param name="activation">The gate's activation.</param>
    /// <exception cref="ArgumentException">A length does not fit.</exception>
    public static void RunGated(
        Span<float> x, ReadOnlySpan<float> z, ReadOnlySpan<float> weights, float epsilon,
        GateActivation activation = GateActivation.SiLU)
    {
        Run(x, weights, epsilon, x);
        if (activation == GateActivation.SiLU) Elementwise.TimesSiLU(x, z);
        else Elementwise.TimesSigmoid(x, z);
    }
}
