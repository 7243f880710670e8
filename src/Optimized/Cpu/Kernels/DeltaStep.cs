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

    // Entries to ask for in advance, 4 KiB: memory takes about as long as reading them does. Measured on Zen 3; half as many are
    // as good, a quarter is slower.
    private const int Distance = 1024;

    // Columns at a time at most, so that sums stay in the first-level cache.
    private const int MaxColumns = 1024;

    /// <summary>The heads.</summary>
    public required DeltaHeads Heads { get; init; }

    /// <summary>States of the sequence in its planes.</summary>
    public required DeltaPlanes Planes { get; init; }

    private int Rows => Heads.KeyDim;

    private int Stride => Heads.ValueDim;

    /// <summary>Runs some of the heads.</summary>
    /// <param name="firstHead">The first.</param>
    /// <param name="headCount">How many.</param>
    [SkipLocalsInit]
    public void Run(int firstHead, int headCount)
    {
        const int line = AlignedFloats.Line * sizeof(float);
        int columns = Math.Min(MaxColumns, Stride);
        byte* buffer = stackalloc byte[(DeltaBlockKeys.Length + 3 * columns) * sizeof(float) + line];
        var aligned = (float*)((nuint)(buffer + line - 1) / line * line);
        var keys = new DeltaBlockKeys(aligned);
        float* deltas = aligned + DeltaBlockKeys.Length, products = deltas + columns;

        Heads.Prefetch(0, firstHead, headCount, keyAhead: 0, valueAhead: 0);
        for (int head = firstHead; head < firstHead + headCount; head++)
        {
            // Gates per channel change the keys.
            if (head == firstHead || Heads.PerChannelGate) keys.LoadKeys<TVector, TSimd>(Heads, first: 0, count: 1);
            keys.LoadGates<TVector, TSimd>(Heads, head, first: 0);
            for (int column = 0; column < Stride; column += columns)
                Step(ref keys, head, column, Math.Min(columns, Stride - column), products, deltas);
        }
    }

    private void Step(ref DeltaBlockKeys keys, int head, int column, int columns, float* products, float* deltas)
    {
        ref float from = ref Unsafe.Add(ref Planes[Planes.Source, Heads.Index(head)], column);
        ref float to = ref Unsafe.Add(ref Planes[0, Heads.Index(head)], column);
        Read(keys, ref from, columns, products);
        int c = 0;
        Solve<Twice<TVector>, SimdTwice<TVector, TSimd>>(keys, head, column, ref c, columns, products, deltas);
        Solve<float, SimdScalar>(keys, head, column, ref c, columns, products, deltas);
        Write(keys.Writes<TVector, TSimd>(Heads, head, first: 0, count: 1), ref from, ref to, columns, deltas);
    }

    // S^T k and S^T q: [2, columns].
    private void Read(in DeltaBlockKeys keys, ref float state, int columns, float* products)
    {
        new Span<float>(products, 2 * columns).Clear();
        float* k = keys.ReadKeys, q = keys.ReadQueries, end = k + Rows;
        for (; k <= end - Together; k += Together, q += Together)
        {
            for (int i = 0; i < Together; i++) DeltaHeads.Prefetch(ref state, Distance + i * Stride, columns);
            int c = 0;
            ReadFour<TVector, TSimd>(k, q, ref state, ref c, columns, products);
            ReadFour<float, SimdScalar>(k, q, ref state, ref c, columns, products);
            state = ref Unsafe.Add(ref state, Together * Stride);
        }

        for (; k < end; k++, q++, state = ref Unsafe.Add(ref state, Stride))
        {
            int c = 0;
            ReadOne<TVector, TSimd>(*k, *q, ref state, ref c, columns, products);
            ReadOne<float, SimdScalar>(*k, *q, ref state, ref c, columns, products);
        }
    }

    private void ReadFour<TColumns, TWidth>(
        float* key, float* query, ref float state, ref int column, int columns, float* products)
        where TColumns : struct
        where TWidth : struct, IColumns<TColumns>
    {
        TColumns k0 = TWidth.Broadcast(key[0]), k1 = TWidth.Broadcast(key[1]);
        TColumns k2 = TWidth.Broadcast(key[2]), k3 = TWidth.Broadcast(key[3]);
        TColumns q0 = TWidth.Broadcast(query[0]), q1 = TWidth.Broadcast(query[1]);
        TColumns q2 = TWidth.Broadcast(query[2]), q3 = TWidth.Broadcast(query[3]);
        ref float row1 = ref Unsafe.Add(ref state, Stride), row2 = ref Unsafe.Add(ref state, 2 * Stride);
        ref float row3 = ref Unsafe.Add(ref state, 3 * Stride);
        for (; column <= columns - TWidth.Count; column += TWidth.Count)
        {
            TColumns s = TWidth.Load(ref state, column);
            TColumns p = TWidth.MultiplyAdd(s, k0, TWidth.Load(ref *products, column));
            TColumns r = TWidth.MultiplyAdd(s, q0, TWidth.Load(ref *products, columns + column));
            s = TWidth.Load(ref row1, column);
            p = TWidth.MultiplyAdd(s, k1, p);
            r = TWidth.MultiplyAdd(s, q1, r);
            s = TWidth.Load(ref row2, column);
            p = TWidth.MultiplyAdd(s, k2, p);
            r = TWidth.MultiplyAdd(s, q2, r);
            s = TWidth.Load(ref row3, column);
            TWidth.Store(TWidth.MultiplyAdd(s, k3, p), ref *products, column);
            TWidth.Store(TWidth.MultiplyAdd(s, q3, r), ref *products, columns + column);
        }
    }

    private static void ReadOne<TColumns, TWidth>(
        float key, float query, ref float state, ref int column, int columns, float* products)
        where TColumns : struct
        where TWidth : struct, IColumns<TColumns>
    {
        TColumns k = TWidth.Broadcast(key), q = TWidth.Broadcast(query);
        for (; column <= columns - TWidth.Count; column += TWidth.Count)
        {
            TColumns s = TWidth.Load(ref state, column);
            TWidth.Store(TWidth.MultiplyAdd(s, k, TWidth.Load(ref *products, column)), ref *products, column);
            TWidth.Store(
                TWidth.MultiplyAdd(s, q, TWidth.Load(ref *products, columns + column)), ref *products, columns + column);
        }
    }

    private void Solve<TColumns, TWidth>(
        in DeltaBlockKeys keys, int head, int first, ref int column, int columns, float* products, float* deltas)
        where TColumns : struct
        where TWidth : struct, IColumns<TColumns>
    {
        for (; column <= columns - TWidth.Count; column += TWidth.Count)
            DeltaSolve<TColumns, TWidth>.Run(
                keys, ref Unsafe.Add(ref Heads.V(0, head), first + column), Heads.ValueStride,
                ref Unsafe.Add(ref Heads.Output(0, head), first + column), Heads.OutputStride, Heads.Scale,
                products + column, deltas + column, columns);
    }

    // The only token's correction is not decayed by others: its factor is 1.
    private void Write(in DeltaWrites writes, ref float from, ref float to, int columns, float* deltas)
    {
        for (int row = Rows - 1; row >= 0; row--)
        {
            float key = writes.Keys[row], decay = writes.Decay[row * writes.DecayStep];
            ref float source = ref Unsafe.Add(ref from, row * Stride), target = ref Unsafe.Add(ref to, row * Stride);
            int c = 0;
            Write<Twice<Twice<TVector>>, SimdTwice<Twice<TVector>, SimdTwice<TVector, TSimd>>>(
                key, decay, ref source, ref target, ref c, columns, deltas);
            Write<TVector, TSimd>(key, decay, ref source, ref target, ref c, columns, deltas);
            Write<float, SimdScalar>(key, decay, ref source, ref target, ref c, columns, deltas);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Write<TColumns, TWidth>(
        float key, float decay, ref float from, ref float to, ref int column, int columns, float* deltas)
        where TColumns : struct
        where TWidth : struct, IColumns<TColumns>
    {
        TColumns k = TWidth.Broadcast(key), g = TWidth.Broadcast(decay);
        for (; column <= columns - TWidth.Count; column += TWidth.Count)
        {
            TColumns decayed = TWidth.Multiply(TWidth.Load(ref from, column), g);
            TWidth.Store(TWidth.MultiplyAdd(TWidth.Load(ref *deltas, column), k, decayed), ref to, column);
        }
    }
}
