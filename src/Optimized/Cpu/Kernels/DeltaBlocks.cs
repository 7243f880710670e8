using System.Runtime.CompilerServices;
using Gdn.Optimized.Cpu.Simd;

namespace Gdn.Optimized.Cpu.Kernels;

/// <summary>Tokens through heads in blocks of up to eight, or four where registers are few.</summary>
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
    // Entries of S that go through the tokens together: what a second-level cache holds beside keys and values.
    private const int PassLength = 1 << 16;

    // Floats of a cache line.
    private const int Alignment = 16;

    private static int Width => DeltaPanel<TVector, TSimd>.Width;

    private static int BlockTokens => TSimd.Registers == 32 ? DeltaBlockKeys.MaxTokens : DeltaBlockKeys.MaxTokens / 2;

    /// <summary>The first tokens of some heads, from one state to another, which may be the same.</summary>
    /// <param name="heads">Heads that share a key head.</param>
    /// <param name="firstHead">First of those to run.</param>
    /// <param name="headCount">How many.</param>
    /// <param name="tokens">How many tokens.</param>
    /// <param name="from">States of all heads of the sequence, <c>[Hv, K, V]</c>.</param>
    /// <param name="to">Receives those of the heads that run.</param>
    public static void Run(in DeltaHeads heads, int firstHead, int headCount, int tokens, ref float from, ref float to)
    {
        int panels = (heads.ValueDim + Width - 1) / Width, fit = Math.Max(1, PassLength / (heads.KeyDim * Width));
        int passHeads = Math.Clamp(fit / panels, 1, headCount), passPanels = Math.Min(fit, panels);
        for (int head = 0; head < headCount; head += passHeads)
            for (int panel = 0; panel < panels; panel += passPanels)
                Pass(
                    heads, firstHead + head, Math.Min(passHeads, headCount - head), panel * Width,
                    Math.Min(passPanels, panels - panel), tokens, ref from, ref to);
    }

    // Some panels of some heads, from a column on, through all tokens.
    [SkipLocalsInit]
    private static void Pass(
        in DeltaHeads heads, int firstHead, int headCount, int column, int panels, int tokens, ref float from, ref float to)
    {
        int rows = heads.KeyDim, panelLength = rows * Width, headLength = panels * panelLength;
        float* buffer = stackalloc float[
            headCount * headLength + DeltaBlockKeys.Length + DeltaPanel<TVector, TSimd>.Length + Alignment];
        float* states = (float*)(((nuint)buffer + Alignment * sizeof(float) - 1) & ~(nuint)(Alignment * sizeof(float) - 1));
        var keys = new DeltaBlockKeys(states + headCount * headLength);
        var panel = new DeltaPanel<TVector, TSimd>(states + headCount * headLength + DeltaBlockKeys.Length, rows);

        for (int h = 0; h < headCount; h++)
            CopyIn(ref StateOf(heads, firstHead + h, ref from), heads, column, panels, states + h * headLength);
        for (int first = 0, count; first < tokens; first += count)
        {
            count = Math.Min(BlockTokens, tokens - first);
            for (int t = first + count; t < Math.Min(tokens, first + count + BlockTokens); t++)
                heads.Prefetch(t, firstHead, headCount);
            for (int h = 0; h < headCount; h++)
            {
                // Gates per channel change the keys.
                if (h == 0 || heads.PerChannelGate) keys.LoadKeys<TVector, TSimd>(heads, first, count);
                keys.LoadGates<TVector, TSimd>(heads, firstHead + h, first, count);
                for (int p = 0; p < panels; p++)
                    panel.Run(
                        heads, firstHead + h, keys, first, count, column + p * Width,
                        states + h * headLength + p * panelLength);
            }
        }

        for (int h = 0; h < headCount; h++)
            CopyOut(states + h * headLength, heads, column, panels, ref StateOf(heads, firstHead + h, ref to));
    }

    private static ref float StateOf(in DeltaHeads heads, int head, ref float states) =>
        ref Unsafe.Add(ref states, heads.Index(head) * heads.KeyDim * heads.ValueDim);

    // Row by row, as memory likes it. Columns that the last panel has beyond the state's are zero, and stay so.
    private static void CopyIn(ref float state, in DeltaHeads heads, int column, int panels, float* target)
    {
        int rows = heads.KeyDim, stride = heads.ValueDim;
        for (int i = 0; i < rows; i++, target += Width)
        {
            ref float row = ref Unsafe.Add(ref state, i * stride + column);
            for (int p = 0; p < panels; p++)
            {
                float* panelRow = target + p * rows * Width;
                int columns = stride - column - p * Width;
                if (columns >= Width) SimdTwice<TVector, TSimd>.Store(SimdTwice<TVector, TSimd>.Load(ref row, p * Width), ref *panelRow, 0);
                else
                    for (int j = 0; j < Width; j++) panelRow[j] = j < columns ? Unsafe.Add(ref row, p * Width + j) : 0;
            }
        }
    }

    private static void CopyOut(float* source, in DeltaHeads heads, int column, int panels, ref float state)
    {
        int rows = heads.KeyDim, stride = heads.ValueDim;
        for (int i = 0; i < rows; i++, source += Width)
        {
            ref float row = ref Unsafe.Add(ref state, i * stride + column);
            for (int p = 0; p < panels; p++)
            {
                float* panelRow = source + p * rows * Width;
                int columns = stride - column - p * Width;
                if (columns >= Width) SimdTwice<TVector, TSimd>.Store(SimdTwice<TVector, TSimd>.Load(ref *panelRow, 0), ref row, p * Width);
                else
                    for (int j = 0; j < columns; j++) Unsafe.Add(ref row, p * Width + j) = panelRow[j];
            }
        }
    }
}
