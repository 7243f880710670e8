using System.Runtime.CompilerServices;
using Gdn.Optimized.Cpu.Simd;

namespace Gdn.Optimized.Cpu.Kernels;

/// <summary>
/// One token through one head: decode, and tokens whose states are all to be remembered. The state is read from memory once
/// and written once, columns in groups that stay in the first-level cache in between.
/// </summary>
/// <remarks>
/// With <c>S' = decay S</c>, <c>delta = beta (v - S'^T k)</c>: <c>o = S'^T q + (k . q) delta</c>, so that key and query share the
/// first pass, and the second only writes <c>S' + k delta^T</c>.
/// </remarks>
internal static class DeltaTokens<TVector, TSimd>
    where TVector : struct
    where TSimd : struct, ISimd<TVector>
{
    private const int Group = 4;

    /// <summary>Token t, from one state <c>[K, V]</c> to another, which may be the same.</summary>
    [SkipLocalsInit]
    public static unsafe void Run(in DeltaHeads heads, int head, int t, ref float from, ref float to)
    {
        int rows = heads.KeyDim;
        ref float q = ref heads.Q(t), k = ref heads.K(t), decay = ref heads.Decay(t, head);
        float product = MatrixTiles<TVector, TSimd>.Dot(ref k, ref q, rows), common = decay;
        if (!heads.PerChannelGate)
        {
            Columns(heads, head, t, ref from, ref to, ref q, ref k, ref common, gateStep: 0, common, product);
            return;
        }

        float* gated = stackalloc float[2 * rows];
        for (int i = 0; i < rows; i++)
        {
            float gate = Unsafe.Add(ref decay, i);
            gated[i] = gate * Unsafe.Add(ref q, i);
            gated[rows + i] = gate * Unsafe.Add(ref k, i);
        }

        Columns(heads, head, t, ref from, ref to, ref *gated, ref gated[rows], ref decay, gateStep: 1, common: 1, product);
    }

    // q and k as the first pass takes them: with gates per channel, each entry already times its gate.
    private static void Columns(
        in DeltaHeads heads, int head, int t, ref float from, ref float to, ref float q, ref float k, ref float decay,
        int gateStep, float common, float product)
    {
        int rows = heads.KeyDim, columns = heads.ValueDim, column = 0;
        ref float key = ref heads.K(t), value = ref heads.V(t, head), output = ref heads.Output(t, head);
        float beta = heads.Beta(t, head), scale = heads.Scale;
        for (; column <= columns - Group * TSimd.Count; column += Group * TSimd.Count)
            FourVectors(
                rows, columns, ref Unsafe.Add(ref from, column), ref Unsafe.Add(ref to, column), ref q, ref k, ref key,
                ref decay, gateStep, common, product, beta, scale, ref Unsafe.Add(ref value, column),
                ref Unsafe.Add(ref output, column));
        for (; column <= columns - TSimd.Count; column += TSimd.Count)
            OneVector<TVector, TSimd>(
                rows, columns, ref Unsafe.Add(ref from, column), ref Unsafe.Add(ref to, column), ref q, ref k, ref key,
                ref decay, gateStep, common, product, beta, scale, ref Unsafe.Add(ref value, column),
                ref Unsafe.Add(ref output, column));
        for (; column < columns; column++)
            OneVector<float, SimdScalar>(
                rows, columns, ref Unsafe.Add(ref from, column), ref Unsafe.Add(ref to, column), ref q, ref k, ref key,
                ref decay, gateStep, common, product, beta, scale, ref Unsafe.Add(ref value, column),
                ref Unsafe.Add(ref output, column));
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void FourVectors(
        int rows, int stride, ref float from, ref float to, ref float q, ref float k, ref float key, ref float decay,
        int gateStep, float common, float product, float beta, float scale, ref float value, ref float output)
    {
        TVector p0 = default, p1 = default, p2 = default, p3 = default, r0 = default, r1 = default, r2 = default, r3 = default;
        ref float row = ref from;
        for (int i = 0; i < rows; i++)
        {
            TVector x = TSimd.Broadcast(Unsafe.Add(ref k, i)), y = TSimd.Broadcast(Unsafe.Add(ref q, i));
            TVector s0 = TSimd.Load(ref row, 0), s1 = TSimd.Load(ref row, TSimd.Count);
            TVector s2 = TSimd.Load(ref row, 2 * TSimd.Count), s3 = TSimd.Load(ref row, 3 * TSimd.Count);
            p0 = TSimd.MultiplyAdd(s0, x, p0);
            p1 = TSimd.MultiplyAdd(s1, x, p1);
            p2 = TSimd.MultiplyAdd(s2, x, p2);
            p3 = TSimd.MultiplyAdd(s3, x, p3);
            r0 = TSimd.MultiplyAdd(s0, y, r0);
            r1 = TSimd.MultiplyAdd(s1, y, r1);
            r2 = TSimd.MultiplyAdd(s2, y, r2);
            r3 = TSimd.MultiplyAdd(s3, y, r3);
            row = ref Unsafe.Add(ref row, stride);
        }

        p0 = Finish<TVector, TSimd>(p0, r0, common, product, beta, scale, ref value, ref output, 0);
        p1 = Finish<TVector, TSimd>(p1, r1, common, product, beta, scale, ref value, ref output, TSimd.Count);
        p2 = Finish<TVector, TSimd>(p2, r2, common, product, beta, scale, ref value, ref output, 2 * TSimd.Count);
        p3 = Finish<TVector, TSimd>(p3, r3, common, product, beta, scale, ref value, ref output, 3 * TSimd.Count);
        row = ref from;
        ref float target = ref to;
        for (int i = 0; i < rows; i++)
        {
            TVector x = TSimd.Broadcast(Unsafe.Add(ref key, i)), gate = TSimd.Broadcast(Unsafe.Add(ref decay, i * gateStep));
            TVector s0 = TSimd.Multiply(gate, TSimd.Load(ref row, 0));
            TVector s1 = TSimd.Multiply(gate, TSimd.Load(ref row, TSimd.Count));
            TVector s2 = TSimd.Multiply(gate, TSimd.Load(ref row, 2 * TSimd.Count));
            TVector s3 = TSimd.Multiply(gate, TSimd.Load(ref row, 3 * TSimd.Count));
            TSimd.Store(TSimd.MultiplyAdd(x, p0, s0), ref target, 0);
            TSimd.Store(TSimd.MultiplyAdd(x, p1, s1), ref target, TSimd.Count);
            TSimd.Store(TSimd.MultiplyAdd(x, p2, s2), ref target, 2 * TSimd.Count);
            TSimd.Store(TSimd.MultiplyAdd(x, p3, s3), ref target, 3 * TSimd.Count);
            row = ref Unsafe.Add(ref row, stride);
            target = ref Unsafe.Add(ref target, stride);
        }
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void OneVector<TColumns, TWidth>(
        int rows, int stride, ref float from, ref float to, ref float q, ref float k, ref float key, ref float decay,
        int gateStep, float common, float product, float beta, float scale, ref float value, ref float output)
        where TColumns : struct
        where TWidth : struct, ISimd<TColumns>
    {
        TColumns p = default, r = default;
        for (int i = 0; i < rows; i++)
        {
            TColumns s = TWidth.Load(ref from, i * stride);
            p = TWidth.MultiplyAdd(s, TWidth.Broadcast(Unsafe.Add(ref k, i)), p);
            r = TWidth.MultiplyAdd(s, TWidth.Broadcast(Unsafe.Add(ref q, i)), r);
        }

        TColumns delta = Finish<TColumns, TWidth>(p, r, common, product, beta, scale, ref value, ref output, 0);
        for (int i = 0; i < rows; i++)
            TWidth.Store(
                TWidth.MultiplyAdd(
                    TWidth.Broadcast(Unsafe.Add(ref key, i)), delta,
                    TWidth.Multiply(TWidth.Broadcast(Unsafe.Add(ref decay, i * gateStep)), TWidth.Load(ref from, i * stride))),
                ref to, i * stride);
    }

    // Writes the output and returns delta.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TColumns Finish<TColumns, TWidth>(
        TColumns predicted, TColumns read, float common, float product, float beta, float scale, ref float value,
        ref float output, int column)
        where TColumns : struct
        where TWidth : struct, ISimd<TColumns>
    {
        TColumns decay = TWidth.Broadcast(common);
        TColumns delta = TWidth.Multiply(
            TWidth.Broadcast(beta),
            TWidth.MultiplyAdd(TWidth.Broadcast(-common), predicted, TWidth.Load(ref value, column)));
        TColumns sum = TWidth.MultiplyAdd(TWidth.Broadcast(product), delta, TWidth.Multiply(decay, read));
        TWidth.Store(TWidth.Multiply(TWidth.Broadcast(scale), sum), ref output, column);
        return delta;
    }
}
