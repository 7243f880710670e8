using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Gdn.Optimized.Cpu.Simd;

namespace Gdn.Optimized.Cpu.Kernels;

/// <summary>Matrix rows in Q8_0, on the widest vectors of the machine.</summary>
internal static class Q80Tiles
{
    /// <inheritdoc cref="Q80Tiles{TVector, TSimd}.RunToken"/>
    public static void RunToken(ref byte w, int rows, ref float x, int columns, ref float y)
    {
        if (Vector512.IsHardwareAccelerated)
            Q80Tiles<Vector512<float>, Simd512>.RunToken(ref w, rows, ref x, columns, ref y);
        else if (Vector256.IsHardwareAccelerated)
            Q80Tiles<Vector256<float>, Simd256>.RunToken(ref w, rows, ref x, columns, ref y);
        else if (Vector128.IsHardwareAccelerated)
            Q80Tiles<Vector128<float>, Simd128>.RunToken(ref w, rows, ref x, columns, ref y);
        else Q80Tiles<float, SimdScalar>.RunToken(ref w, rows, ref x, columns, ref y);
    }

    /// <inheritdoc cref="Q80Tiles{TVector, TSimd}.Expand"/>
    public static void Expand(ref byte w, int count, ref float values)
    {
        if (Vector512.IsHardwareAccelerated) Q80Tiles<Vector512<float>, Simd512>.Expand(ref w, count, ref values);
        else if (Vector256.IsHardwareAccelerated) Q80Tiles<Vector256<float>, Simd256>.Expand(ref w, count, ref values);
        else if (Vector128.IsHardwareAccelerated) Q80Tiles<Vector128<float>, Simd128>.Expand(ref w, count, ref values);
        else Q80Tiles<float, SimdScalar>.Expand(ref w, count, ref values);
    }
}

/// <summary>
/// Matrix rows in Q8_0: blocks of a half-precision scale d and 32 signed bytes q. An element d q is exact in single
/// precision, so products made from the blocks have the same bits as those of the dequantized row.
/// </summary>
internal static class Q80Tiles<TVector, TSimd>
    where TVector : struct
    where TSimd : struct, ISimd<TVector>
{
    /// <summary><c>y[r] = w_r . x</c> for one token: each block is read once, and no element is ever stored.</summary>
    /// <param name="w">First row's first block; rows are contiguous.</param>
    /// <param name="rows">Number of rows.</param>
    /// <param name="x"><c>[columns]</c>.</param>
    /// <param name="columns">Length of a row.</param>
    /// <param name="y">Receives <c>[rows]</c>.</param>
    public static void RunToken(ref byte w, int rows, ref float x, int columns, ref float y)
    {
        int rowBytes = Q80.BytesOf(columns), r = 0;
        for (; r <= rows - 4; r += 4)
            FourRows(ref Unsafe.Add(ref w, (nint)r * rowBytes), rowBytes, ref x, columns, ref Unsafe.Add(ref y, r));
        for (; r < rows; r++)
            Unsafe.Add(ref y, r) = OneRow(ref Unsafe.Add(ref w, (nint)r * rowBytes), ref x, columns);
    }

    /// <summary>Dequantizes.</summary>
    /// <param name="w">First block.</param>
    /// <param name="count">Elements, whole blocks of them.</param>
    /// <param name="values">Receives them.</param>
    public static void Expand(ref byte w, int count, ref float values)
    {
        for (int i = 0; i < count; i += Q80.BlockElements, w = ref Unsafe.Add(ref w, Q80.BlockBytes))
        {
            TVector scale = TSimd.Broadcast(Q80.Scale(ref w));
            for (int j = 0; j < Q80.BlockElements; j += TSimd.Count)
                TSimd.Store(TSimd.Multiply(TSimd.Load(ref Q80.Quants(ref w), j), scale), ref values, i + j);
        }
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void FourRows(ref byte w0, int rowBytes, ref float x, int columns, ref float y)
    {
        ref byte w1 = ref Unsafe.Add(ref w0, rowBytes), w2 = ref Unsafe.Add(ref w1, rowBytes);
        ref byte w3 = ref Unsafe.Add(ref w2, rowBytes);
        TVector sum0 = default, sum1 = default, sum2 = default, sum3 = default;
        int block = 0;
        for (int i = 0; i < columns; i += Q80.BlockElements, block += Q80.BlockBytes)
        {
            ref byte b0 = ref Unsafe.Add(ref w0, block), b1 = ref Unsafe.Add(ref w1, block);
            ref byte b2 = ref Unsafe.Add(ref w2, block), b3 = ref Unsafe.Add(ref w3, block);
            // Rows are short for a stream: without a hint the memory falls asleep at each row's end.
            Q80.Prefetch(ref b0, 4 * rowBytes);
            Q80.Prefetch(ref b1, 4 * rowBytes);
            Q80.Prefetch(ref b2, 4 * rowBytes);
            Q80.Prefetch(ref b3, 4 * rowBytes);
            TVector scale0 = TSimd.Broadcast(Q80.Scale(ref b0)), scale1 = TSimd.Broadcast(Q80.Scale(ref b1));
            TVector scale2 = TSimd.Broadcast(Q80.Scale(ref b2)), scale3 = TSimd.Broadcast(Q80.Scale(ref b3));
            for (int j = 0; j < Q80.BlockElements; j += TSimd.Count)
            {
                TVector token = TSimd.Load(ref x, i + j);
                sum0 = TSimd.MultiplyAdd(TSimd.Multiply(TSimd.Load(ref Q80.Quants(ref b0), j), scale0), token, sum0);
                sum1 = TSimd.MultiplyAdd(TSimd.Multiply(TSimd.Load(ref Q80.Quants(ref b1), j), scale1), token, sum1);
                sum2 = TSimd.MultiplyAdd(TSimd.Multiply(TSimd.Load(ref Q80.Quants(ref b2), j), scale2), token, sum2);
                sum3 = TSimd.MultiplyAdd(TSimd.Multiply(TSimd.Load(ref Q80.Quants(ref b3), j), scale3), token, sum3);
            }
        }

        TSimd.Sum(sum0, sum1, sum2, sum3).StoreUnsafe(ref y);
    }

    private static float OneRow(ref byte w, ref float x, int columns)
    {
        TVector sum = default;
        for (int i = 0; i < columns; i += Q80.BlockElements, w = ref Unsafe.Add(ref w, Q80.BlockBytes))
        {
            TVector scale = TSimd.Broadcast(Q80.Scale(ref w));
            for (int j = 0; j < Q80.BlockElements; j += TSimd.Count)
                sum = TSimd.MultiplyAdd(
                    TSimd.Multiply(TSimd.Load(ref Q80.Quants(ref w), j), scale), TSimd.Load(ref x, i + j), sum);
        }

        return TSimd.Sum(sum);
    }
}
