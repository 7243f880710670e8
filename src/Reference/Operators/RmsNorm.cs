using System.Numerics;

namespace Gdn.Reference.Operators;

/// <summary>Root-mean-square normalisation.</summary>
public static class RmsNorm
{
    /// <summary><c>y = x / sqrt(mean(x^2) + eps) * w</c> for each row; y may be x.</summary>
    /// <param name="x">Rows of <c>weights.Length</c> elements, contiguous.</param>
    /// <param name="weights">w; training code that stores it minus one has added the one by now.</param>
    /// <param name="epsilon">Added under the root.</param>
    /// <param name="y">As long as x.</param>
    public static void Run<T>(ReadOnlySpan<T> x, ReadOnlySpan<T> weights, T epsilon, Span<T> y)
        where T : IFloatingPointIeee754<T>
    {
        for (int start = 0; start < x.Length; start += weights.Length)
        {
            ReadOnlySpan<T> row = x.Slice(start, weights.Length);
            T mean = Linear.Dot(row, row) / T.CreateChecked(row.Length);
            T scale = T.One / T.Sqrt(mean + epsilon);
            for (int i = 0; i < row.Length; i++) y[start + i] = row[i] * scale * weights[i];
        }
    }

    /// <summary>The end of a linear layer: <c>x &lt;- RMSNorm(x) * silu(z)</c>, or sigmoid(z), the norm first, per head.</summary>
    /// <param name="x">Rows of <c>weights.Length</c> elements; replaced.</param>
    /// <param name="z">Gate before its activation; as long as x.</param>
    /// <param name="weights">w.</param>
    /// <param name="epsilon">Added under the root.</param>
    /// <param name="activation">The gate's activation.</param>
    public static void RunGated<T>(
        Span<T> x, ReadOnlySpan<T> z, ReadOnlySpan<T> weights, T epsilon, GateActivation activation = GateActivation.SiLU)
        where T : IFloatingPointIeee754<T>
    {
        Run(x, weights, epsilon, x);
        for (int i = 0; i < x.Length; i++) x[i] *= activation.Of(z[i]);
    }
}
