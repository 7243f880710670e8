using System.Runtime.CompilerServices;
using Gdn.Optimized.Cpu.Simd;

namespace Gdn.Optimized.Cpu.Kernels;

/// <summary>
/// One token through heads that share a key head. There is little to do but to move states, so they are walked as they lie in
/// memory: forwards to read, backwards to write, when the rows that were read last are still in the first-level cache.
/// </summary>
/// <remarks>Each column's arithmetic is that of <see cref="DeltaBlocks{TVector, TSimd}"/>, bit by bit.</remarks>
internal readonly unsafe ref struct DeltaStep<TVector, TSimd>
    where TVector : struct
    where TSimd : struct, ISimd<TVector>
{
    // Rows that are read together: their keys and queries are eight registers.
    private const int Together = 4;

    // Entries to prefetch in advance, 4 KiB: memory takes about as long as reading them does. Line by line in the order in which
    // they lie: asking for four rows at a time took 1.3 times as long on Zen 3.
    private const int Distance = 1024;

    /// <summary>The heads.</summary>
    public required DeltaHeads Heads { get; init; }

    /// <summary>States of the sequence in its planes.</summary>
    public required DeltaPlanes Planes { get; init; }

    private int Rows => Heads.KeyDim;

    private int Columns => Heads.ValueDim;

    /// <summary>Runs some of the heads.</summary>
    /// <param name="firstHead">The first.</param>
    /// <param name="headCount">How many.</param>
    [SkipLocalsInit]
    public void Run(int firstHead, int headCount)
    {
        byte* buffer = stackalloc byte[(DeltaBlockKeys.Length + 3 * Columns) * sizeof(float) + AlignedFloats.LineBytes];
        float* aligned = AlignedFloats.Within(buffer);
        var keys = new DeltaBlockKeys(aligned);
        float* deltas = aligned + DeltaBlockKeys.Length, products = deltas + Columns;

        Heads.Prefetch(0, firstHead, headCount, keyAhead: 0, valueAhead: 0);
        for (int head = firstHead; head < firstHead + headCount; head++)
        {
            // Gates per channel change the keys.
            if (head == firstHead || Heads.PerChannelGate) keys.LoadKeys<TVector, TSimd>(Heads, first: 0, count: 1);
            keys.LoadGates<TVector, TSimd>(Heads, head, first: 0);
            ref float from = ref Planes[Planes.Source, Heads.Index(head)], to = ref Planes[0, Heads.Index(head)];
            Read(keys, ref from, products);
            int column = Solve<Twice<TVector>, SimdTwice<TVector, TSimd>>(keys, head, 0, products, deltas);
            if (column < Columns) Solve<float, SimdScalar>(keys, head, column, products, deltas);
            Write(keys.Writes<TVector, TSimd>(Heads, head, first: 0, count: 1), ref from, ref to, deltas);
        }
    }

    // S^T k and S^T q: [2, V].
    private void Read(in DeltaBlockKeys keys, ref float state, float* products)
    {
        new Span<float>(products, 2 * Columns).Clear();
        float* k = keys.ReadKeys, q = keys.ReadQueries, end = k + Rows;
        for (; k <= end - Together; k += Together, q += Together)
        {
            DeltaHeads.Prefetch(ref state, Distance, Together * Columns);
            int column = ReadFour<TVector, TSimd>(k, q, ref state, 0, products);
            if (column < Columns) ReadFour<float, SimdScalar>(k, q, ref state, column, products);
            state = ref Unsafe.Add(ref state, Together * Columns);
        }

        for (; k < end; k++, q++, state = ref Unsafe.Add(ref state, Columns))
        {
            int column = ReadOne<TVector, TSimd>(*k, *q, ref state, 0, products);
            if (column < Columns) ReadOne<float, SimdScalar>(*k, *q, ref state, column, products);
        }
    }

    // From a column on as far as whole vectors go: returns the next one.
    private int ReadFour<TColumns, TWidth>(float* key, float* query, ref float state, int column, float* products)
        where TColumns : struct
        where TWidth : struct, IColumns<TColumns>
    {
        TColumns k0 = TWidth.Broadcast(key[0]), k1 = TWidth.Broadcast(key[1]);
        TColumns k2 = TWidth.Broadcast(key[2]), k3 = TWidth.Broadcast(key[3]);
        TColumns q0 = TWidth.Broadcast(query[0]), q1 = TWidth.Broadcast(query[1]);
        TColumns q2 = TWidth.Broadcast(query[2]), q3 = TWidth.Broadcast(query[3]);
        ref float row1 = ref Unsafe.Add(ref state, Columns), row2 = ref Unsafe.Add(ref state, 2 * Columns);
        ref float row3 = ref Unsafe.Add(ref state, 3 * Columns);
        float* queries = products + Columns;
        for (int end = Columns - TWidth.Count; column <= end; column += TWidth.Count)
        {
            TColumns s = TWidth.Load(ref state, column);
            TColumns p = TWidth.MultiplyAdd(s, k0, TWidth.Load(ref *products, column));
            TColumns r = TWidth.MultiplyAdd(s, q0, TWidth.Load(ref *queries, column));
            s = TWidth.Load(ref row1, column);
            p = TWidth.MultiplyAdd(s, k1, p);
            r = TWidth.MultiplyAdd(s, q1, r);
            s = TWidth.Load(ref row2, column);
            p = TWidth.MultiplyAdd(s, k2, p);
            r = TWidth.MultiplyAdd(s, q2, r);
            s = TWidth.Load(ref row3, column);
            TWidth.Store(TWidth.MultiplyAdd(s, k3, p), ref *products, column);
            TWidth.Store(TWidth.MultiplyAdd(s, q3, r), ref *queries, column);
        }

        return column;
    }

    private int ReadOne<TColumns, TWidth>(float key, float query, ref float state, int column, float* products)
        where TColumns : struct
        where TWidth : struct, IColumns<TColumns>
    {
        TColumns k = TWidth.Broadcast(key), q = TWidth.Broadcast(query);
        float* queries = products + Columns;
        for (int end = Columns - TWidth.Count; column <= end; column += TWidth.Count)
        {
            TColumns s = TWidth.Load(ref state, column);
            TWidth.Store(TWidth.MultiplyAdd(s, k, TWidth.Load(ref *products, column)), ref *products, column);
            TWidth.Store(TWidth.MultiplyAdd(s, q, TWidth.Load(ref *queries, column)), ref *queries, column);
        }

        return column;
    }

    private int Solve<TColumns, TWidth>(in DeltaBlockKeys keys, int head, int column, float* products, float* deltas)
        where TColumns : struct
        where TWidth : struct, IColumns<TColumns>
    {
        for (; column <= Columns - TWidth.Count; column += TWidth.Count)
            DeltaSolve<TColumns, TWidth>.Run(
                keys, ref Unsafe.Add(ref Heads.V(0, head), column), Heads.ValueStride,
                ref Unsafe.Add(ref Heads.Output(0, head), column), Heads.OutputStride, Heads.Scale,
                products + column, deltas + column, Columns);
        return column;
    }

    // The only token's correction is not decayed by others: its factor is 1.
    private void Write(in DeltaWrites writes, ref float from, ref float to, float* deltas)
    {
        for (int row = Rows - 1; row >= 0; row--)
        {
            float key = writes.Keys[row], decay = writes.Decay[row * writes.DecayStep];
            ref float source = ref Unsafe.Add(ref from, row * Columns), target = ref Unsafe.Add(ref to, row * Columns);
            int column = Write<Twice<Twice<TVector>>, SimdTwice<Twice<TVector>, SimdTwice<TVector, TSimd>>>(
                key, decay, ref source, ref target, 0, deltas);
            if (column == Columns) continue;
            column = Write<TVector, TSimd>(key, decay, ref source, ref target, column, deltas);
            if (column < Columns) Write<float, SimdScalar>(key, decay, ref source, ref target, column, deltas);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private int Write<TColumns, TWidth>(
        float key, float decay, ref float from, ref float to, int column, float* deltas)
        where TColumns : struct
        where TWidth : struct, IColumns<TColumns>
    {
        TColumns k = TWidth.Broadcast(key), g = TWidth.Broadcast(decay);
        for (int end = Columns - TWidth.Count; column <= end; column += TWidth.Count)
        {
            TColumns decayed = TWidth.Multiply(TWidth.Load(ref from, column), g);
            TWidth.Store(TWidth.MultiplyAdd(TWidth.Load(ref *deltas, column), k, decayed), ref to, column);
        }

        return column;
    }
}
