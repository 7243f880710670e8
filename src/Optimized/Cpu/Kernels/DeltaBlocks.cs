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
            for (int p = 0; p < panels; p++)
                CopyIn(
                    ref Unsafe.Add(ref from, heads.Index(firstHead + h) * rows * heads.ValueDim), heads, p,
                    states + h * headLength + p * panelLength);
        for (int first = 0, count; first < tokens; first += count)
        {
            count = Math.Min(BlockTokens, tokens - first);
            for (int h = 0; h < headCount; h++)
            {
                if (h == 0 || heads.PerChannelGate) keys.LoadKeys<TVector, TSimd>(heads, first, count);
                keys.LoadGates<TVector, TSimd>(heads, firstHead + h, first, count);
                for (int p = 0; p < panels; p++)
                    panel.Run(heads, firstHead + h, keys, first, count, p * Width, states + h * headLength + p * panelLength);
            }
        }

        for (int h = 0; h < headCount; h++)
            for (int p = 0; p < panels; p++)
                CopyOut(
                    states + h * headLength + p * panelLength, heads, p,
                    ref Unsafe.Add(ref to, heads.Index(firstHead + h) * rows * heads.ValueDim));
    }

    private static void CopyIn(ref float state, in DeltaHeads heads, int panel, float* target)
    {
        int column = panel * Width, columns = Math.Min(Width, heads.ValueDim - column);
        for (int i = 0; i < heads.KeyDim; i++, target += Width)
        {
            ref float row = ref Unsafe.Add(ref state, i * heads.ValueDim + column);
            if (columns == Width)
            {
                TSimd.Store(TSimd.Load(ref row, 0), ref *target, 0);
                TSimd.Store(TSimd.Load(ref row, TSimd.Count), ref *target, TSimd.Count);
                continue;
            }

            for (int j = 0; j < Width; j++) target[j] = j < columns ? Unsafe.Add(ref row, j) : 0;
        }
    }

    private static void CopyOut(float* source, in DeltaHeads heads, int panel, ref float state)
    {
        int column = panel * Width, columns = Math.Min(Width, heads.ValueDim - column);
        for (int i = 0; i < heads.KeyDim; i++, source += Width)
        {
            ref float row = ref Unsafe.Add(ref state, i * heads.ValueDim + column);
            if (columns == Width)
            {
                TSimd.Store(TSimd.Load(ref *source, 0), ref row, 0);
                TSimd.Store(TSimd.Load(ref *source, TSimd.Count), ref row, TSimd.Count);
                continue;
            }

            for (int j = 0; j < columns; j++) Unsafe.Add(ref row, j) = source[j];
        }
    }
}
