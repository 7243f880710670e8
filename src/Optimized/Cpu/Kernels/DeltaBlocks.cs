using System.Runtime.CompilerServices;
using Gdn.Optimized.Cpu.Simd;

namespace Gdn.Optimized.Cpu.Kernels;

/// <summary>Tokens through heads that share a key head, in blocks of eight, or of six where registers are few.</summary>
/// <remarks>
/// <para>
/// Within a block, with S the state before it (products D as in <see cref="DeltaBlockKeys"/>):
/// </para>
/// <code>
/// delta(t) = beta(t) ( v(t) - D(t) S^T k(t) - sum over i &lt; t of D(t, i) (k(i) . k(t)) delta(i) )
/// o(t)     = scale ( D(t) S^T q(t) + sum over i &lt;= t of D(t, i) (k(i) . q(t)) delta(i) )
/// S(n)     = D(n - 1) S + sum over i &lt; n of D(n - 1, i) k(i) delta(i)^T
/// </code>
/// <para>
/// These are the recurrence's own terms in another order: nothing is inverted, no key has to be independent of another. Each
/// entry of S costs three multiply-adds per token, as token by token, but is loaded and stored once per block. Only the
/// state at the end of a block is carried on; one in between that is to be remembered is written beside it. So what a token
/// leaves does not depend on the tokens after it.
/// </para>
/// </remarks>
internal readonly unsafe ref struct DeltaBlocks<TVector, TSimd>
    where TVector : struct
    where TSimd : struct, ISimd<TVector>
{
    // Entries of S that go through the tokens together: what a second-level cache holds beside keys and values.
    private const int PassLength = 1 << 16;

    /// <summary>The heads.</summary>
    public required DeltaHeads Heads { get; init; }

    /// <summary>Tokens to run.</summary>
    public required int Tokens { get; init; }

    /// <summary>States of the sequence in its planes.</summary>
    public required DeltaPlanes Planes { get; init; }

    /// <summary>Entries from a head's state to that of a head which the same thread is likely to run soon; 0 for none.</summary>
    public required int Ahead { get; init; }

    private static int BlockTokens => 2 * AtOnce;

    // Tokens that are read at once, with two registers of sums for each key and each query.
    private static int AtOnce => TSimd.Registers == 32 ? 4 : 3;

    // Two registers.
    private static int PanelWidth => SimdTwice<TVector, TSimd>.Count;

    private static int ScratchLength => 3 * DeltaBlockKeys.MaxTokens * PanelWidth;

    private int Rows => Heads.KeyDim;

    // One block reads its state where it lies, and writes it where it shall lie. More have it copied into panels, columns
    // next to each other, of which one at a time stays in the first-level cache.
    private bool InPanels => Tokens > BlockTokens;

    /// <summary>Runs some of the heads.</summary>
    /// <param name="firstHead">The first.</param>
    /// <param name="headCount">How many.</param>
    public void Run(int firstHead, int headCount)
    {
        int columns = Math.Max(PanelWidth, PassLength / Rows / PanelWidth * PanelWidth);
        int passHeads = Math.Clamp(columns / Heads.ValueDim, 1, headCount);
        for (int head = 0; head < headCount; head += passHeads)
            for (int column = 0; column < Heads.ValueDim; column += columns)
                Pass(
                    firstHead + head, Math.Min(passHeads, headCount - head), column,
                    Math.Min(columns, Heads.ValueDim - column));
    }

    // Some columns of some heads through all tokens.
    [SkipLocalsInit]
    private void Pass(int firstHead, int headCount, int column, int columns)
    {
        int length = InPanels ? Rows * columns : 0;
        byte* buffer = stackalloc byte[
            (DeltaBlockKeys.Length + ScratchLength + headCount * length) * sizeof(float) + AlignedFloats.LineBytes];
        float* aligned = AlignedFloats.Within(buffer);
        var keys = new DeltaBlockKeys(aligned);
        float* scratch = aligned + DeltaBlockKeys.Length, panels = scratch + ScratchLength;

        Prefetch(0, firstHead, headCount);
        for (int h = 0; InPanels && h < headCount; h++)
            CopyIn(ref Planes[Planes.Source, Heads.Index(firstHead + h)], column, columns, panels + h * length);
        for (int first = 0, count; first < Tokens; first += count)
        {
            count = Math.Min(BlockTokens, Tokens - first);
            if (first + count < Tokens) Prefetch(first + count, firstHead, headCount);
            else if (InPanels && Ahead > 0) Prefetch(0, firstHead, headCount, Rows, Ahead / Rows);
            for (int h = 0; h < headCount; h++)
            {
                // Gates per channel change the keys.
                if (h == 0 || Heads.PerChannelGate) keys.LoadKeys<TVector, TSimd>(Heads, first, count);
                keys.LoadGates<TVector, TSimd>(Heads, firstHead + h, first);
                Columns(ref keys, firstHead + h, first, column, columns, panels + h * length, scratch);
            }
        }
    }

    // A block's inputs; or those of the heads that the thread will run next, a number of entries on.
    private void Prefetch(int first, int firstHead, int headCount, int keyAhead = 0, int valueAhead = 0)
    {
        for (int t = first; t < Math.Min(Tokens, first + BlockTokens); t++)
            Heads.Prefetch(t, firstHead, headCount, keyAhead, valueAhead);
    }

    // One block of one head: two registers of columns at a time, then one, then single columns.
    private void Columns(
        ref DeltaBlockKeys keys, int head, int first, int column, int columns, float* panels, float* scratch)
    {
        int start = column, end = column + columns;
        Columns<Twice<TVector>, SimdTwice<TVector, TSimd>>(
            ref keys, head, first, start, ref column, end, panels, scratch);
        Columns<TVector, TSimd>(ref keys, head, first, start, ref column, end, panels, scratch);
        Columns<float, SimdScalar>(ref keys, head, first, start, ref column, end, panels, scratch);
    }

    private void Columns<TColumns, TWidth>(
        ref DeltaBlockKeys keys, int head, int first, int start, ref int column, int end, float* panels, float* scratch)
        where TColumns : struct
        where TWidth : struct, IColumns<TColumns>
    {
        int stride = Heads.ValueDim, index = Heads.Index(head);
        // Each block prefetches some rows of the state that the thread will need next.
        int row = first * Rows / Tokens, endRow = (first + keys.Count) * Rows / Tokens;
        for (; column <= end - TWidth.Count; column += TWidth.Count)
        {
            ref float state = ref InPanels
                ? ref panels[(column - start) * Rows] : ref Unsafe.Add(ref Planes[Planes.Source, index], column);
            int stateStride = InPanels ? TWidth.Count : stride;
            if (InPanels && Ahead > 0)
                Prefetch<TColumns, TWidth>(ref Unsafe.Add(ref Planes[Planes.Source, index], column), row, endRow);
            float* products = scratch + keys.Count * TWidth.Count;
            DeltaPanel<TColumns, TWidth>.Read(
                keys.ReadKeys, keys.ReadQueries, keys.Count, Rows, AtOnce, ref state, stateStride, products);
            DeltaSolve<TColumns, TWidth>.Run(
                keys.Couplings, ref Unsafe.Add(ref Heads.V(first, head), column), Heads.ValueStride,
                ref Unsafe.Add(ref Heads.Output(first, head), column), Heads.OutputStride, Heads.Scale, products, TWidth.Count,
                scratch, TWidth.Count);

            int oldest = Math.Min(Tokens - first - 1, Planes.Count - 1), newest = Tokens - first - keys.Count;
            for (int plane = oldest; plane >= newest; plane--)
                if (InPanels || plane != Planes.Source)
                    Write<TColumns, TWidth>(
                        ref keys, head, first, Tokens - first - plane, ref state, stateStride,
                        ref Unsafe.Add(ref Planes[plane, index], column), stride, scratch);

            // Where the state before the block lies: everything else has been made from it.
            if (InPanels && newest > 0)
                Write<TColumns, TWidth>(
                    ref keys, head, first, keys.Count, ref state, stateStride, ref state, stateStride, scratch);
            if (!InPanels && Planes.Source <= oldest)
                Write<TColumns, TWidth>(
                    ref keys, head, first, Tokens - Planes.Source, ref state, stateStride, ref state,
                    stateStride, scratch);
        }
    }

    private void Prefetch<TColumns, TWidth>(ref float state, int row, int end)
        where TColumns : struct
        where TWidth : struct, IColumns<TColumns>
    {
        for (; row < end; row++) DeltaHeads.Prefetch(ref state, Ahead + row * Heads.ValueDim, TWidth.Count);
    }

    private void Write<TColumns, TWidth>(
        ref DeltaBlockKeys keys, int head, int first, int count, ref float from, int fromStride, ref float to,
        int toStride, float* deltas)
        where TColumns : struct
        where TWidth : struct, IColumns<TColumns> =>
        DeltaPanel<TColumns, TWidth>.Write(
            keys.Writes<TVector, TSimd>(Heads, head, first, count), Rows, 2 * AtOnce, ref from, fromStride, ref to, toStride,
            deltas);

    // Row by row, as memory likes it.
    private void CopyIn(ref float state, int column, int columns, float* panels)
    {
        for (int i = 0; i < Rows; i++)
        {
            ref float row = ref Unsafe.Add(ref state, i * Heads.ValueDim + column);
            int c = 0;
            Copy<Twice<TVector>, SimdTwice<TVector, TSimd>>(ref row, i, ref c, columns, panels);
            Copy<TVector, TSimd>(ref row, i, ref c, columns, panels);
            Copy<float, SimdScalar>(ref row, i, ref c, columns, panels);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void Copy<TColumns, TWidth>(ref float row, int i, ref int column, int columns, float* panels)
        where TColumns : struct
        where TWidth : struct, IColumns<TColumns>
    {
        for (; column <= columns - TWidth.Count; column += TWidth.Count)
            TWidth.Store(TWidth.Load(ref row, column), ref panels[column * Rows + i * TWidth.Count], 0);
    }
}
