using System.Runtime.CompilerServices;
using Gdn.Optimized.Cpu.Simd;

namespace Gdn.Optimized.Cpu.Kernels;

/// <summary>
/// A block of tokens on some columns of a state, as many as a vector has: sums and corrections stay in registers, of which a
/// wider vector takes more, so that fewer tokens go through at a time. Columns never meet, and a token only looks back: bits
/// depend neither on the width nor on the tokens that follow.
/// </summary>
/// <remarks>
/// There is a body for each number of tokens because sums stay in registers only as local variables of their own: the JIT
/// neither unrolls a loop over tokens nor keeps elements of an array or a span in registers.
/// </remarks>
internal static unsafe class DeltaPanel<TColumns, TWidth>
    where TColumns : struct
    where TWidth : struct, IColumns<TColumns>
{
    private const int Stride = DeltaBlockKeys.Stride;

    /// <summary><c>S^T k</c> and <c>S^T q</c> for each token of a block.</summary>
    /// <param name="keys">Keys, by <see cref="DeltaBlockKeys.Stride"/>.</param>
    /// <param name="queries">Queries, the same way.</param>
    /// <param name="count">Tokens of the block.</param>
    /// <param name="rows">K.</param>
    /// <param name="atOnce">Tokens that registers have room for.</param>
    /// <param name="state">The columns of the state before the block, <c>[K, stride]</c>.</param>
    /// <param name="products">Receives <c>[count, 2]</c> vectors.</param>
    public static void Read(
        float* keys, float* queries, int count, int rows, int atOnce, ref float state, int stride, float* products)
    {
        for (int t = 0, n; t < count; t += n)
        {
            n = Math.Min(count - t, atOnce);
            float* k = keys + t * Stride, q = queries + t * Stride, end = k + rows;
            if (n == 4) ReadFour(k, end, q, ref state, stride, products + 2 * t * TWidth.Count);
            else if (n == 3) ReadThree(k, end, q, ref state, stride, products + 2 * t * TWidth.Count);
            else if (n == 2) ReadTwo(k, end, q, ref state, stride, products + 2 * t * TWidth.Count);
            else ReadOne(k, end, q, ref state, stride, products + 2 * t * TWidth.Count);
        }
    }

    /// <summary>The state after some tokens of the block, from that before it.</summary>
    /// <param name="writes">The tokens.</param>
    /// <param name="rows">K.</param>
    /// <param name="atOnce">Tokens that registers have room for.</param>
    /// <param name="from">The columns of the state before the block.</param>
    /// <param name="to">Receives those after the tokens; may be the same.</param>
    /// <param name="deltas">The corrections of the block.</param>
    public static void Write(
        in DeltaWrites writes, int rows, int atOnce, ref float from, int fromStride, ref float to, int toStride,
        float* deltas)
    {
        float one = 1;
        float* keys = writes.Keys, factors = writes.Factors, decay = writes.Decay;
        int decayStep = writes.DecayStep;
        for (int left = writes.Count, n; left > 0; left -= n)
        {
            n = Math.Min(left, atOnce);
            if (n > 1) n -= n % 2;
            float* end = keys + rows;
            if (n == 8) WriteEight(keys, end, factors, deltas, decay, decayStep, ref from, fromStride, ref to, toStride);
            else if (n == 6) WriteSix(keys, end, factors, deltas, decay, decayStep, ref from, fromStride, ref to, toStride);
            else if (n == 4) WriteFour(keys, end, factors, deltas, decay, decayStep, ref from, fromStride, ref to, toStride);
            else if (n == 2) WriteTwo(keys, end, factors, deltas, decay, decayStep, ref from, fromStride, ref to, toStride);
            else WriteOne(keys, end, factors, deltas, decay, decayStep, ref from, fromStride, ref to, toStride);
            keys += n * Stride;
            factors += n;
            deltas += n * TWidth.Count;
            // The rest is added to what is there.
            decay = &one;
            decayStep = 0;
            from = ref to;
            fromStride = toStride;
        }
    }

    // All sums in registers, the state loaded once.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void ReadFour(float* k, float* end, float* q, ref float state, int stride, float* products)
    {
        TColumns p0 = default, p1 = default, p2 = default, p3 = default;
        TColumns r0 = default, r1 = default, r2 = default, r3 = default;
        for (; k < end; k++, q++, state = ref Unsafe.Add(ref state, stride))
        {
            TColumns s = TWidth.Load(ref state, 0);
            p0 = Add(p0, s, k[0]);
            p1 = Add(p1, s, k[Stride]);
            p2 = Add(p2, s, k[2 * Stride]);
            p3 = Add(p3, s, k[3 * Stride]);
            r0 = Add(r0, s, q[0]);
            r1 = Add(r1, s, q[Stride]);
            r2 = Add(r2, s, q[2 * Stride]);
            r3 = Add(r3, s, q[3 * Stride]);
        }

        Store(p0, products);
        Store(r0, products + TWidth.Count);
        Store(p1, products + 2 * TWidth.Count);
        Store(r1, products + 3 * TWidth.Count);
        Store(p2, products + 4 * TWidth.Count);
        Store(r2, products + 5 * TWidth.Count);
        Store(p3, products + 6 * TWidth.Count);
        Store(r3, products + 7 * TWidth.Count);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void ReadThree(float* k, float* end, float* q, ref float state, int stride, float* products)
    {
        TColumns p0 = default, p1 = default, p2 = default, r0 = default, r1 = default, r2 = default;
        for (; k < end; k++, q++, state = ref Unsafe.Add(ref state, stride))
        {
            TColumns s = TWidth.Load(ref state, 0);
            p0 = Add(p0, s, k[0]);
            p1 = Add(p1, s, k[Stride]);
            p2 = Add(p2, s, k[2 * Stride]);
            r0 = Add(r0, s, q[0]);
            r1 = Add(r1, s, q[Stride]);
            r2 = Add(r2, s, q[2 * Stride]);
        }

        Store(p0, products);
        Store(r0, products + TWidth.Count);
        Store(p1, products + 2 * TWidth.Count);
        Store(r1, products + 3 * TWidth.Count);
        Store(p2, products + 4 * TWidth.Count);
        Store(r2, products + 5 * TWidth.Count);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void ReadTwo(float* k, float* end, float* q, ref float state, int stride, float* products)
    {
        TColumns p0 = default, p1 = default, r0 = default, r1 = default;
        for (; k < end; k++, q++, state = ref Unsafe.Add(ref state, stride))
        {
            TColumns s = TWidth.Load(ref state, 0);
            p0 = Add(p0, s, k[0]);
            p1 = Add(p1, s, k[Stride]);
            r0 = Add(r0, s, q[0]);
            r1 = Add(r1, s, q[Stride]);
        }

        Store(p0, products);
        Store(r0, products + TWidth.Count);
        Store(p1, products + 2 * TWidth.Count);
        Store(r1, products + 3 * TWidth.Count);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void ReadOne(float* k, float* end, float* q, ref float state, int stride, float* products)
    {
        TColumns p = default, r = default;
        for (; k < end; k++, q++, state = ref Unsafe.Add(ref state, stride))
        {
            TColumns s = TWidth.Load(ref state, 0);
            p = Add(p, s, *k);
            r = Add(r, s, *q);
        }

        Store(p, products);
        Store(r, products + TWidth.Count);
    }

    // All corrections in registers, the state loaded and stored once.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void WriteEight(
        float* k, float* end, float* factors, float* deltas, float* decay, int decayStep, ref float from, int fromStride,
        ref float to, int toStride)
    {
        TColumns d0 = Delta(deltas, factors, 0), d1 = Delta(deltas, factors, 1), d2 = Delta(deltas, factors, 2);
        TColumns d3 = Delta(deltas, factors, 3), d4 = Delta(deltas, factors, 4), d5 = Delta(deltas, factors, 5);
        TColumns d6 = Delta(deltas, factors, 6), d7 = Delta(deltas, factors, 7);
        for (; k < end; k++, decay += decayStep)
        {
            TColumns s = Scale(TWidth.Load(ref from, 0), *decay);
            s = Add(s, d0, k[0]);
            s = Add(s, d1, k[Stride]);
            s = Add(s, d2, k[2 * Stride]);
            s = Add(s, d3, k[3 * Stride]);
            s = Add(s, d4, k[4 * Stride]);
            s = Add(s, d5, k[5 * Stride]);
            s = Add(s, d6, k[6 * Stride]);
            s = Add(s, d7, k[7 * Stride]);
            TWidth.Store(s, ref to, 0);
            from = ref Unsafe.Add(ref from, fromStride);
            to = ref Unsafe.Add(ref to, toStride);
        }
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void WriteSix(
        float* k, float* end, float* factors, float* deltas, float* decay, int decayStep, ref float from, int fromStride,
        ref float to, int toStride)
    {
        TColumns d0 = Delta(deltas, factors, 0), d1 = Delta(deltas, factors, 1), d2 = Delta(deltas, factors, 2);
        TColumns d3 = Delta(deltas, factors, 3), d4 = Delta(deltas, factors, 4), d5 = Delta(deltas, factors, 5);
        for (; k < end; k++, decay += decayStep)
        {
            TColumns s = Scale(TWidth.Load(ref from, 0), *decay);
            s = Add(s, d0, k[0]);
            s = Add(s, d1, k[Stride]);
            s = Add(s, d2, k[2 * Stride]);
            s = Add(s, d3, k[3 * Stride]);
            s = Add(s, d4, k[4 * Stride]);
            s = Add(s, d5, k[5 * Stride]);
            TWidth.Store(s, ref to, 0);
            from = ref Unsafe.Add(ref from, fromStride);
            to = ref Unsafe.Add(ref to, toStride);
        }
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void WriteFour(
        float* k, float* end, float* factors, float* deltas, float* decay, int decayStep, ref float from, int fromStride,
        ref float to, int toStride)
    {
        TColumns d0 = Delta(deltas, factors, 0), d1 = Delta(deltas, factors, 1), d2 = Delta(deltas, factors, 2);
        TColumns d3 = Delta(deltas, factors, 3);
        for (; k < end; k++, decay += decayStep)
        {
            TColumns s = Scale(TWidth.Load(ref from, 0), *decay);
            s = Add(s, d0, k[0]);
            s = Add(s, d1, k[Stride]);
            s = Add(s, d2, k[2 * Stride]);
            s = Add(s, d3, k[3 * Stride]);
            TWidth.Store(s, ref to, 0);
            from = ref Unsafe.Add(ref from, fromStride);
            to = ref Unsafe.Add(ref to, toStride);
        }
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void WriteTwo(
        float* k, float* end, float* factors, float* deltas, float* decay, int decayStep, ref float from, int fromStride,
        ref float to, int toStride)
    {
        TColumns d0 = Delta(deltas, factors, 0), d1 = Delta(deltas, factors, 1);
        for (; k < end; k++, decay += decayStep)
        {
            TColumns s = Scale(TWidth.Load(ref from, 0), *decay);
            s = Add(s, d0, k[0]);
            s = Add(s, d1, k[Stride]);
            TWidth.Store(s, ref to, 0);
            from = ref Unsafe.Add(ref from, fromStride);
            to = ref Unsafe.Add(ref to, toStride);
        }
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void WriteOne(
        float* k, float* end, float* factors, float* deltas, float* decay, int decayStep, ref float from, int fromStride,
        ref float to, int toStride)
    {
        TColumns d = Delta(deltas, factors, 0);
        for (; k < end; k++, decay += decayStep)
        {
            TWidth.Store(Add(Scale(TWidth.Load(ref from, 0), *decay), d, *k), ref to, 0);
            from = ref Unsafe.Add(ref from, fromStride);
            to = ref Unsafe.Add(ref to, toStride);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TColumns Delta(float* deltas, float* factors, int t) =>
        Scale(Load(deltas + t * TWidth.Count), factors[t]);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TColumns Load(float* source) => TWidth.Load(ref *source, 0);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Store(TColumns value, float* target) => TWidth.Store(value, ref *target, 0);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TColumns Add(TColumns sum, TColumns x, float factor) =>
        TWidth.MultiplyAdd(x, TWidth.Broadcast(factor), sum);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TColumns Scale(TColumns x, float factor) => TWidth.Multiply(x, TWidth.Broadcast(factor));
}
