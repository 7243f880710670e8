using System.Runtime.CompilerServices;
using Gdn.Optimized.Cpu.Simd;

namespace Gdn.Optimized.Cpu.Kernels;

/// <summary>What one token reads of a state, row by row as the state lies in memory.</summary>
/// <remarks>Each column's arithmetic is that of <see cref="DeltaPanel{TColumns, TWidth}"/>, bit by bit.</remarks>
internal static unsafe class DeltaRead<TVector, TSimd>
    where TVector : struct
    where TSimd : struct, ISimd<TVector>
{
    // Rows that are read together: their keys and queries are eight registers.
    private const int Together = 4;

    // Entries to prefetch in advance, 4 KiB: memory takes about as long as reading them does. Line by line in the order in which
    // they lie: asking for four rows at a time took 1.3 times as long on Zen 3.
    private const int Distance = 1024;

    /// <summary><c>S^T k</c> and <c>S^T q</c>.</summary>
    /// <param name="k"><c>[K]</c>.</param>
    /// <param name="q"><c>[K]</c>.</param>
    /// <param name="rows">K.</param>
    /// <param name="columns">V.</param>
    /// <param name="state">S <c>[K, V]</c>.</param>
    /// <param name="products">Receives <c>[2, V]</c>.</param>
    public static void Run(float* k, float* q, int rows, int columns, ref float state, float* products)
    {
        new Span<float>(products, 2 * columns).Clear();
        float* end = k + rows;
        for (; k <= end - Together; k += Together, q += Together)
        {
            DeltaHeads.Prefetch(ref state, Distance, Together * columns);
            int column = ReadFour<TVector, TSimd>(k, q, ref state, 0, columns, products);
            if (column < columns) ReadFour<float, SimdScalar>(k, q, ref state, column, columns, products);
            state = ref Unsafe.Add(ref state, Together * columns);
        }

        for (; k < end; k++, q++, state = ref Unsafe.Add(ref state, columns))
        {
            int column = ReadOne<TVector, TSimd>(*k, *q, ref state, 0, columns, products);
            if (column < columns) ReadOne<float, SimdScalar>(*k, *q, ref state, column, columns, products);
        }
    }

    // From a column on as far as whole vectors go: returns the next one.
    private static int ReadFour<TColumns, TWidth>(
        float* key, float* query, ref float state, int column, int columns, float* products)
        where TColumns : struct
        where TWidth : struct, IColumns<TColumns>
    {
        TColumns k0 = TWidth.Broadcast(key[0]), k1 = TWidth.Broadcast(key[1]);
        TColumns k2 = TWidth.Broadcast(key[2]), k3 = TWidth.Broadcast(key[3]);
        TColumns q0 = TWidth.Broadcast(query[0]), q1 = TWidth.Broadcast(query[1]);
        TColumns q2 = TWidth.Broadcast(query[2]), q3 = TWidth.Broadcast(query[3]);
        ref float row1 = ref Unsafe.Add(ref state, columns), row2 = ref Unsafe.Add(ref state, 2 * columns);
        ref float row3 = ref Unsafe.Add(ref state, 3 * columns);
        float* queries = products + columns;
        for (int end = columns - TWidth.Count; column <= end; column += TWidth.Count)
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

    private static int ReadOne<TColumns, TWidth>(
        float key, float query, ref float state, int column, int columns, float* products)
        where TColumns : struct
        where TWidth : struct, IColumns<TColumns>
    {
        TColumns k = TWidth.Broadcast(key), q = TWidth.Broadcast(query);
        float* queries = products + columns;
        for (int end = columns - TWidth.Count; column <= end; column += TWidth.Count)
        {
            TColumns s = TWidth.Load(ref state, column);
            TWidth.Store(TWidth.MultiplyAdd(s, k, TWidth.Load(ref *products, column)), ref *products, column);
            TWidth.Store(TWidth.MultiplyAdd(s, q, TWidth.Load(ref *queries, column)), ref *queries, column);
        }

        return column;
    }
}
