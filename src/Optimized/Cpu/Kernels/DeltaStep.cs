using System.Runtime.CompilerServices;
using Gdn.Optimized.Cpu.Simd;

namespace Gdn.Optimized.Cpu.Kernels;

/// <summary>
/// One token through heads that share a key head. There is little to do but to move states, so they are walked as they lie in
/// memory: forwards to read (<see cref="DeltaRead{TVector, TSimd}"/>), backwards to write, when the rows that were read last are still
/// in the first-level cache.
/// </summary>
/// <remarks>Each column's arithmetic is that of <see cref="DeltaBlocks{TVector, TSimd}"/>, bit by bit.</remarks>
internal readonly unsafe ref struct DeltaStep<TVector, TSimd>
    where TVector : struct
    where TSimd : struct, ISimd<TVector>
{
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
            DeltaRead<TVector, TSimd>.Run(keys.ReadKeys, keys.ReadQueries, Rows, Columns, ref from, products);
            int column = Solve<Twice<TVector>, SimdTwice<TVector, TSimd>>(keys, head, 0, products, deltas);
            if (column < Columns) Solve<float, SimdScalar>(keys, head, column, products, deltas);
            Write(keys.Writes<TVector, TSimd>(Heads, head, first: 0, count: 1), ref from, ref to, deltas);
        }
    }

    private int Solve<TColumns, TWidth>(in DeltaBlockKeys keys, int head, int column, float* products, float* deltas)
        where TColumns : struct
        where TWidth : struct, IColumns<TColumns>
    {
        for (; column <= Columns - TWidth.Count; column += TWidth.Count)
            DeltaSolve<TColumns, TWidth>.Run(
                keys.Couplings, ref Unsafe.Add(ref Heads.V(0, head), column), Heads.ValueStride,
                ref Unsafe.Add(ref Heads.Output(0, head), column), Heads.OutputStride, Heads.Scale,
                products + column, Columns, deltas + column, Columns);
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
