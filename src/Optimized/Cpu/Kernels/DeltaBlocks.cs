using System.Runtime.CompilerServices;
using Gdn.Optimized.Cpu.Simd;

namespace Gdn.Optimized.Cpu.Kernels;

/// <summary>Tokens through one head in blocks of up to eight, or four where registers are few.</summary>
/// <remarks>
/// <para>
/// Within a block, with S the state before it (products D as in <see cref="DeltaBlockKeys"/>):
/// </para>
/// <code>
/// delta(t) = beta(t) ( v(t) - D(t) S^T k(t) - sum over i &lt; t of D(t, i) (k(i) . k(t)) delta(i) )
/// o(t)     = scale ( D(t) S^T q(t) + sum over i &lt;= t of D(t, i) (k(i) . q(t)) delta(i) )
/// S        &lt;- D(last) S + sum over i of D(last, i) k(i) delta(i)^T
/// </code>
/// <para>
/// These are the recurrence's own terms in another order: nothing is inverted, no key has to be independent of another. Each
/// entry of S costs three multiply-adds per token, as token by token, but is loaded and stored once per block. S is copied
/// into panels of two registers' width, each contiguous, so that a panel stays in the first-level cache.
/// </para>
/// </remarks>
internal static unsafe class DeltaBlocks<TVector, TSimd>
    where TVector : struct
    where TSimd : struct, ISimd<TVector>
{
    private const int Alignment = 16;

    private static int Width => 2 * TSimd.Count;

    private static int BlockTokens => TSimd.Registers == 32 ? DeltaBlockKeys.MaxTokens : DeltaBlockKeys.MaxTokens / 2;

    /// <summary>The first tokens of some heads, from one state to another, which may be the same.</summary>
    /// <param name="heads">Heads that share a key head.</param>
    /// <param name="firstHead">First of those to run.</param>
    /// <param name="headCount">How many.</param>
    /// <param name="tokens">How many tokens.</param>
    /// <param name="from">States of all heads of the sequence, <c>[Hv, K, V]</c>.</param>
    /// <param name="to">Receives those of the heads that run.</param>
    [SkipLocalsInit]
    public static void Run(
        in DeltaHeads heads, int firstHead, int headCount, int tokens, ref float from, ref float to)
    {
        int rows = heads.KeyDim, panels = (heads.ValueDim + Width - 1) / Width, panelLength = rows * Width;
        int headLength = panels * panelLength;
        float* buffer = stackalloc float[
            headCount * headLength + DeltaBlockKeys.Length + DeltaPanel<TVector, TSimd>.Length + Alignment];
        float* states = (float*)(((nuint)buffer + Alignment * sizeof(float) - 1) & ~(nuint)(Alignment * sizeof(float) - 1));
        var keys = new DeltaBlockKeys(states + headCount * headLength);
        var panel = new DeltaPanel<TVector, TSimd>(states + headCount * headLength + DeltaBlockKeys.Length, rows);

        for (int h = 0; h < headCount; h++)
            CopyIn(ref Unsafe.Add(ref from, heads.Index(firstHead + h) * rows * heads.ValueDim), heads, states + h * headLength);
        for (int first = 0, count; first < tokens; first += count)
        {
            count = Math.Min(BlockTokens, tokens - first);
            for (int t = first + count; t < Math.Min(tokens, first + count + BlockTokens); t++)
                heads.Prefetch(t, firstHead, headCount);
            for (int h = 0; h < headCount; h++)
            {
                if (h == 0 || heads.PerChannelGate) keys.LoadKeys<TVector, TSimd>(heads, first, count);
                keys.LoadGates<TVector, TSimd>(heads, firstHead + h, first, count);
                for (int p = 0; p < panels; p++)
                    panel.Run(heads, firstHead + h, keys, first, count, p * Width, states + h * headLength + p * panelLength);
            }
        }

        for (int h = 0; h < headCount; h++)
            CopyOut(states + h * headLength, heads, ref Unsafe.Add(ref to, heads.Index(firstHead + h) * rows * heads.ValueDim));
    }

    // Row by row, as memory likes it. Columns that the last panel has beyond the state's are zero, and stay so.
    private static void CopyIn(ref float state, in DeltaHeads heads, float* panels)
    {
        int rows = heads.KeyDim, columns = heads.ValueDim;
        for (int i = 0; i < rows; i++, panels += Width)
        {
            float* target = panels;
            int column = 0;
            for (; column <= columns - Width; column += Width, target += rows * Width)
            {
                TSimd.Store(TSimd.Load(ref state, column), ref *target, 0);
                TSimd.Store(TSimd.Load(ref state, column + TSimd.Count), ref *target, TSimd.Count);
            }

            if (column < columns)
                for (int j = 0; j < Width; j++) target[j] = column + j < columns ? Unsafe.Add(ref state, column + j) : 0;
            state = ref Unsafe.Add(ref state, columns);
        }
    }

    private static void CopyOut(float* panels, in DeltaHeads heads, ref float state)
    {
        int rows = heads.KeyDim, columns = heads.ValueDim;
        for (int i = 0; i < rows; i++, panels += Width)
        {
            float* source = panels;
            int column = 0;
            for (; column <= columns - Width; column += Width, source += rows * Width)
            {
                TSimd.Store(TSimd.Load(ref *source, 0), ref state, column);
                TSimd.Store(TSimd.Load(ref *source, TSimd.Count), ref state, column + TSimd.Count);
            }

            for (int j = 0; column + j < columns; j++) Unsafe.Add(ref state, column + j) = source[j];
            state = ref Unsafe.Add(ref state, columns);
        }
    }
}
