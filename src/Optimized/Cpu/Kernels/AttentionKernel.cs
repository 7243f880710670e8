using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Gdn.Optimized.Cpu.Kernels;

/// <summary>Softmax attention of one token over everything that came before it in its sequence.</summary>
public static class AttentionKernel
{
    // Keys taken at a time, and query heads that share them. Blocks are counted from position 0, so a token's bits depend
    // on its position and not on how the sequence was cut into batches.
    private const int BlockKeys = 64, BlockHeads = 6;

    /// <summary><c>out = softmax(q . k_i / sqrt(D')) v_i</c> for the query heads that share a key-value head.</summary>
    /// <remarks>One pass: sums so far are scaled down whenever a larger score turns up.</remarks>
    /// <param name="heads">How many query heads.</param>
    /// <param name="keyDim">D.</param>
    /// <param name="q">Their queries of D entries, normalised and rotated, each <paramref name="queryStride"/> after the
    /// one before.</param>
    /// <param name="queryStride">At least D.</param>
    /// <param name="keys">The key-value head's keys, each <paramref name="keyStride"/> after the one before, the current
    /// token's last.</param>
    /// <param name="keyStride">At least D.</param>
    /// <param name="values">Its values, each <paramref name="valueStride"/> after the one before.</param>
    /// <param name="valueStride">At least Dv.</param>
    /// <param name="count">Keys and values.</param>
    /// <param name="output">Receives <c>[heads, Dv]</c>.</param>
    /// <param name="scaleDim">D', where it is not D: scores of latent keys are scaled as those of the keys they stand for.</param>
    public static void Run(
        int heads, int keyDim, ReadOnlySpan<float> q, int queryStride, ReadOnlySpan<float> keys, int keyStride,
        ReadOnlySpan<float> values, int valueStride, int count, Span<float> output, int? scaleDim = null)
    {
        int valueDim = output.Length / heads;
        if (q.Length < (heads - 1) * queryStride + keyDim || keys.Length < (count - 1) * keyStride + keyDim
            || values.Length < (count - 1) * valueStride + valueDim)
            throw new ArgumentException(
                $"q has {q.Length}, keys {keys.Length} and values {values.Length} elements for {heads} heads and {count} keys.");
        for (int head = 0; head < heads; head += BlockHeads)
        {
            int members = Math.Min(BlockHeads, heads - head);
            RunHeads(
                members, keyDim, ref MemoryMarshal.GetReference(q[(head * queryStride)..]), queryStride, keys, keyStride,
                values, valueStride, count, output.Slice(head * valueDim, members * valueDim), valueDim,
                scaleDim ?? keyDim);
        }
    }

    /// <summary>Replaces x by its softmax, shifted by the maximum.</summary>
    internal static void Softmax(Span<float> x)
    {
        float max = Max(x), sum = ExpSum(x, max), inverse = 1 / sum;
        foreach (ref float entry in x) entry *= inverse;
    }

    private static void RunHeads(
        int heads, int keyDim, ref float q, int queryStride, ReadOnlySpan<float> keys, int keyStride,
        ReadOnlySpan<float> values, int valueStride, int count, Span<float> output, int valueDim, int scaleDim)
    {
        float scale = (float)(1 / Math.Sqrt(scaleDim));
        Span<float> scores = stackalloc float[BlockHeads * BlockKeys];
        Span<float> maxima = stackalloc float[BlockHeads], sums = stackalloc float[BlockHeads];
        maxima.Fill(float.NegativeInfinity);
        sums.Clear();
        output.Clear();
        for (int first = 0; first < count; first += BlockKeys)
        {
            int length = Math.Min(BlockKeys, count - first);
            MatrixTiles.Run(
                ref Unsafe.AsRef(in keys[first * keyStride]), keyStride, length, ref q, queryStride, heads, keyDim,
                ref scores[0], BlockKeys);
            for (int h = 0; h < heads; h++)
            {
                Span<float> block = scores.Slice(h * BlockKeys, length);
                foreach (ref float score in block) score *= scale;
                float max = MathF.Max(maxima[h], Max(block)), shrink = MathF.Exp(maxima[h] - max);
                maxima[h] = max;
                sums[h] = sums[h] * shrink + ExpSum(block, max);
                WeightedSum.Run(
                    block, values[(first * valueStride)..], valueStride, shrink, output.Slice(h * valueDim, valueDim));
            }
        }

        for (int h = 0; h < heads; h++)
        {
            float inverse = 1 / sums[h];
            foreach (ref float entry in output.Slice(h * valueDim, valueDim)) entry *= inverse;
        }
    }

    private static float Max(ReadOnlySpan<float> x)
    {
        float max = float.NegativeInfinity;
        foreach (float entry in x) max = MathF.Max(max, entry);
        return max;
    }

    // x <- exp(x - max); returns the sum.
    private static float ExpSum(Span<float> x, float max)
    {
        var shift = new Vector<float>(max);
        int i = 0;
        for (; i <= x.Length - Vector<float>.Count; i += Vector<float>.Count)
            Vector.Exp(new Vector<float>(x[i..]) - shift).CopyTo(x[i..]);
        for (; i < x.Length; i++) x[i] = MathF.Exp(x[i] - max);
        float sum = 0;
        foreach (float entry in x) sum += entry;
        return sum;
    }
}
