using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Gdn.Optimized.Cpu.Kernels;

/// <summary>Softmax attention of one token over everything that came before it in its sequence.</summary>
public static class Attention
{
    /// <summary>
    /// <c>out = softmax(q . k_i / sqrt(D)) v_i</c> for each head; query head h reads key-value head <c>h div (H / G)</c>.
    /// </summary>
    /// <param name="heads">H.</param>
    /// <param name="keyValueHeads">G, a divisor of H.</param>
    /// <param name="keyDim">D.</param>
    /// <param name="q">H queries of D entries, normalised and rotated, each <paramref name="queryStride"/> after the
    /// one before.</param>
    /// <param name="queryStride">Elements from one head's query to the next one's, at least D.</param>
    /// <param name="keys"><c>[n, G, D]</c>, the current token's last.</param>
    /// <param name="values"><c>[n, G, Dv]</c>.</param>
    /// <param name="scores">Scratch, <c>[n]</c>.</param>
    /// <param name="output">Receives <c>[H, Dv]</c>.</param>
    public static void Run(
        int heads, int keyValueHeads, int keyDim, ReadOnlySpan<float> q, int queryStride,
        ReadOnlySpan<float> keys, ReadOnlySpan<float> values, Span<float> scores, Span<float> output)
    {
        int count = scores.Length, valueDim = output.Length / heads;
        float scale = (float)(1 / Math.Sqrt(keyDim));
        output.Clear();
        for (int h = 0; h < heads; h++)
        {
            int source = h / (heads / keyValueHeads);
            ref float query = ref MemoryMarshal.GetReference(q.Slice(h * queryStride, keyDim));
            ref float key = ref MemoryMarshal.GetReference(keys[(source * keyDim)..]);
            for (int i = 0; i < count; i++)
                scores[i] = scale * VectorMath.Dot(
                    ref query, ref Unsafe.Add(ref key, i * keyValueHeads * keyDim), keyDim);
            Softmax(scores);
            Span<float> row = output.Slice(h * valueDim, valueDim);
            for (int i = 0; i < count; i++)
                Elementwise.AddScaled(row, scores[i], values.Slice((i * keyValueHeads + source) * valueDim, valueDim));
        }
    }

    /// <summary>Replaces x by its softmax, shifted by the maximum.</summary>
    internal static void Softmax(Span<float> x)
    {
        float max = float.NegativeInfinity, sum = 0;
        foreach (float entry in x) max = MathF.Max(max, entry);
        var shift = new Vector<float>(max);
        int i = 0;
        for (; i <= x.Length - Vector<float>.Count; i += Vector<float>.Count)
            Vector.Exp(new Vector<float>(x[i..]) - shift).CopyTo(x[i..]);
        for (; i < x.Length; i++) x[i] = MathF.Exp(x[i] - max);
        foreach (float entry in x) sum += entry;
        float inverse = 1 / sum;
        foreach (ref float entry in x) entry *= inverse;
    }
}
