using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using Gdn.Optimized.Cpu.Simd;

namespace Gdn.Optimized.Cpu.Kernels;

/// <summary>Weighted sums of rows, on the widest vectors of the machine.</summary>
internal static class WeightedSum
{
    /// <summary><c>sum &lt;- shrink * sum + weights_i * rows_i</c>, in ascending order of i.</summary>
    /// <param name="weights">One per row.</param>
    /// <param name="rows">Rows as long as sum, each <paramref name="stride"/> after the one before.</param>
    /// <param name="shrink">Factor on what is there.</param>
    public static void Run(
        ReadOnlySpan<float> weights, ReadOnlySpan<float> rows, int stride, float shrink, Span<float> sum)
    {
        ref float weight = ref MemoryMarshal.GetReference(weights);
        ref float row = ref MemoryMarshal.GetReference(rows[..((weights.Length - 1) * stride + sum.Length)]);
        ref float target = ref MemoryMarshal.GetReference(sum);
        if (Vector512.IsHardwareAccelerated)
            Run<Vector512<float>, Simd512>(ref weight, weights.Length, ref row, stride, shrink, ref target, sum.Length);
        else if (Vector256.IsHardwareAccelerated)
            Run<Vector256<float>, Simd256>(ref weight, weights.Length, ref row, stride, shrink, ref target, sum.Length);
        else if (Vector128.IsHardwareAccelerated)
            Run<Vector128<float>, Simd128>(ref weight, weights.Length, ref row, stride, shrink, ref target, sum.Length);
        else Run<float, SimdScalar>(ref weight, weights.Length, ref row, stride, shrink, ref target, sum.Length);
    }

    // Columns by four vectors, by one, and single; each keeps its own order of rows.
    private static void Run<TVector, TSimd>(
        ref float weights, int count, ref float rows, int stride, float shrink, ref float sum, int length)
        where TVector : struct
        where TSimd : struct, ISimd<TVector>
    {
        int column = 0;
        for (; column <= length - 4 * TSimd.Count; column += 4 * TSimd.Count)
            FourVectors<TVector, TSimd>(
                ref weights, count, ref Unsafe.Add(ref rows, column), stride, shrink, ref Unsafe.Add(ref sum, column));
        for (; column <= length - TSimd.Count; column += TSimd.Count)
        {
            TVector total = TSimd.Multiply(TSimd.Load(ref sum, column), TSimd.Broadcast(shrink));
            for (int i = 0; i < count; i++)
                total = TSimd.MultiplyAdd(
                    TSimd.Broadcast(Unsafe.Add(ref weights, i)), TSimd.Load(ref rows, i * stride + column), total);
            TSimd.Store(total, ref sum, column);
        }

        for (; column < length; column++)
        {
            float total = Unsafe.Add(ref sum, column) * shrink;
            for (int i = 0; i < count; i++)
                total = MathF.FusedMultiplyAdd(
                    Unsafe.Add(ref weights, i), Unsafe.Add(ref rows, i * stride + column), total);
            Unsafe.Add(ref sum, column) = total;
        }
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void FourVectors<TVector, TSimd>(
        ref float weights, int count, ref float row, int stride, float shrink, ref float sum)
        where TVector : struct
        where TSimd : struct, ISimd<TVector>
    {
        int one = TSimd.Count, two = 2 * TSimd.Count, three = 3 * TSimd.Count;
        TVector factor = TSimd.Broadcast(shrink);
        TVector total0 = TSimd.Multiply(TSimd.Load(ref sum, 0), factor);
        TVector total1 = TSimd.Multiply(TSimd.Load(ref sum, one), factor);
        TVector total2 = TSimd.Multiply(TSimd.Load(ref sum, two), factor);
        TVector total3 = TSimd.Multiply(TSimd.Load(ref sum, three), factor);
        for (int i = 0; i < count; i++, row = ref Unsafe.Add(ref row, stride))
        {
            TVector weight = TSimd.Broadcast(Unsafe.Add(ref weights, i));
            total0 = TSimd.MultiplyAdd(weight, TSimd.Load(ref row, 0), total0);
            total1 = TSimd.MultiplyAdd(weight, TSimd.Load(ref row, one), total1);
            total2 = TSimd.MultiplyAdd(weight, TSimd.Load(ref row, two), total2);
            total3 = TSimd.MultiplyAdd(weight, TSimd.Load(ref row, three), total3);
        }

        TSimd.Store(total0, ref sum, 0);
        TSimd.Store(total1, ref sum, one);
        TSimd.Store(total2, ref sum, two);
        TSimd.Store(total3, ref sum, three);
    }
}
