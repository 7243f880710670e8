using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Gdn.Optimized.Cpu.Simd;

namespace Gdn.Optimized.Cpu.Kernels;

/// <summary>Matrix rows in Q8_0, on the widest vectors of the machine.</summary>
internal static class Q80Tiles
{
    /// <inheritdoc cref="Q80Tiles{TVector, TSimd}.Run"/>
    public static void Run(ref byte w, int rows, ref float x, int tokens, int columns, ref float y, int outputStride)
    {
        if (Vector512.IsHardwareAccelerated)
            Q80Tiles<Vector512<float>, Simd512>.Run(ref w, rows, ref x, tokens, columns, ref y, outputStride);
        else if (Vector256.IsHardwareAccelerated)
            Q80Tiles<Vector256<float>, Simd256>.Run(ref w, rows, ref x, tokens, columns, ref y, outputStride);
        else if (Vector128.IsHardwareAccelerated)
            Q80Tiles<Vector128<float>, Simd128>.Run(ref w, rows, ref x, tokens, columns, ref y, outputStride);
        else Q80Tiles<float, SimdScalar>.Run(ref w, rows, ref x, tokens, columns, ref y, outputStride);
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
/// <remarks>There is a body for each number of tokens for the reason that <see cref="MatrixTiles{TVector, TSimd}"/> gives.</remarks>
internal static class Q80Tiles<TVector, TSimd>
    where TVector : struct
    where TSimd : struct, ISimd<TVector>
{
    /// <summary><c>y[t, r] = w_r . x_t</c> for few tokens: elements are made in registers and never stored.</summary>
    /// <param name="w">First row's first block; rows are contiguous.</param>
    /// <param name="rows">Number of rows.</param>
    /// <param name="x"><c>[tokens, columns]</c>.</param>
    /// <param name="columns">Length of a row.</param>
    /// <param name="y">Receives the first token's products, side by side; the next token's follow by
    /// <paramref name="outputStride"/>.</param>
    public static void Run(ref byte w, int rows, ref float x, int tokens, int columns, ref float y, int outputStride)
    {
        int rowBytes = Q80.BytesOf(columns);
        for (int t = 0, count; t < tokens; t += count)
        {
            count = TSimd.Registers == 32 && tokens - t >= 4 ? 4 : tokens - t >= 2 ? 2 : 1;
            ref float token = ref Unsafe.Add(ref x, t * columns), output = ref Unsafe.Add(ref y, t * outputStride);
            int r = 0;
            for (; r <= rows - 4; r += 4)
            {
                ref byte row = ref Unsafe.Add(ref w, (nint)r * rowBytes);
                ref float products = ref Unsafe.Add(ref output, r);
                if (count == 4) FourTokens(ref row, rowBytes, ref token, columns, ref products, outputStride);
                else if (count == 2) TwoTokens(ref row, rowBytes, ref token, columns, ref products, outputStride);
                else OneToken(ref row, rowBytes, ref token, columns, ref products);
            }

            for (; r < rows; r++)
                for (int i = 0; i < count; i++)
                    Unsafe.Add(ref output, i * outputStride + r) = Dot(
                        ref Unsafe.Add(ref w, (nint)r * rowBytes), ref Unsafe.Add(ref token, i * columns), columns);
        }
    }

    /// <summary>Dequantizes.</summary>
    /// <param name="w">First block.</param>
    /// <param name="count">Elements, whole blocks of them.</param>
    /// <param name="values">Receives them.</param>
    public static void Expand(ref byte w, int count, ref float values)
    {
        for (int i = 0; i < count; i += Q80.BlockElements, w = ref Unsafe.Add(ref w, Q80.BlockBytes))
        {
            TVector scale = Scale(ref w);
            for (int j = 0; j < Q80.BlockElements; j += TSimd.Count)
                TSimd.Store(Elements(ref w, j, scale), ref values, i + j);
        }
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void FourTokens(ref byte w0, int rowBytes, ref float x, int columns, ref float y, int outputStride)
    {
        ref byte w1 = ref Unsafe.Add(ref w0, rowBytes), w2 = ref Unsafe.Add(ref w1, rowBytes);
        ref byte w3 = ref Unsafe.Add(ref w2, rowBytes);
        ref float x1 = ref Unsafe.Add(ref x, columns), x2 = ref Unsafe.Add(ref x1, columns);
        ref float x3 = ref Unsafe.Add(ref x2, columns);
        TileSums<TVector, TSimd> s0 = default, s1 = default, s2 = default, s3 = default;
        for (int i = 0, block = 0; i < columns; i += Q80.BlockElements, block += Q80.BlockBytes)
        {
            ref byte b0 = ref Unsafe.Add(ref w0, block), b1 = ref Unsafe.Add(ref w1, block);
            ref byte b2 = ref Unsafe.Add(ref w2, block), b3 = ref Unsafe.Add(ref w3, block);
            Prefetch(ref b0, ref b1, ref b2, ref b3, rowBytes);
            TVector scale0 = Scale(ref b0), scale1 = Scale(ref b1), scale2 = Scale(ref b2), scale3 = Scale(ref b3);
            for (int j = 0; j < Q80.BlockElements; j += TSimd.Count)
            {
                TVector a = Elements(ref b0, j, scale0), b = Elements(ref b1, j, scale1);
                TVector c = Elements(ref b2, j, scale2), d = Elements(ref b3, j, scale3);
                s0.Add(a, b, c, d, TSimd.Load(ref x, i + j));
                s1.Add(a, b, c, d, TSimd.Load(ref x1, i + j));
                s2.Add(a, b, c, d, TSimd.Load(ref x2, i + j));
                s3.Add(a, b, c, d, TSimd.Load(ref x3, i + j));
            }
        }

        s0.Total().StoreUnsafe(ref y);
        s1.Total().StoreUnsafe(ref Unsafe.Add(ref y, outputStride));
        s2.Total().StoreUnsafe(ref Unsafe.Add(ref y, 2 * outputStride));
        s3.Total().StoreUnsafe(ref Unsafe.Add(ref y, 3 * outputStride));
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void TwoTokens(ref byte w0, int rowBytes, ref float x, int columns, ref float y, int outputStride)
    {
        ref byte w1 = ref Unsafe.Add(ref w0, rowBytes), w2 = ref Unsafe.Add(ref w1, rowBytes);
        ref byte w3 = ref Unsafe.Add(ref w2, rowBytes);
        ref float x1 = ref Unsafe.Add(ref x, columns);
        TileSums<TVector, TSimd> s0 = default, s1 = default;
        for (int i = 0, block = 0; i < columns; i += Q80.BlockElements, block += Q80.BlockBytes)
        {
            ref byte b0 = ref Unsafe.Add(ref w0, block), b1 = ref Unsafe.Add(ref w1, block);
            ref byte b2 = ref Unsafe.Add(ref w2, block), b3 = ref Unsafe.Add(ref w3, block);
            Prefetch(ref b0, ref b1, ref b2, ref b3, rowBytes);
            TVector scale0 = Scale(ref b0), scale1 = Scale(ref b1), scale2 = Scale(ref b2), scale3 = Scale(ref b3);
            for (int j = 0; j < Q80.BlockElements; j += TSimd.Count)
            {
                TVector a = Elements(ref b0, j, scale0), b = Elements(ref b1, j, scale1);
                TVector c = Elements(ref b2, j, scale2), d = Elements(ref b3, j, scale3);
                s0.Add(a, b, c, d, TSimd.Load(ref x, i + j));
                s1.Add(a, b, c, d, TSimd.Load(ref x1, i + j));
            }
        }

        s0.Total().StoreUnsafe(ref y);
        s1.Total().StoreUnsafe(ref Unsafe.Add(ref y, outputStride));
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void OneToken(ref byte w0, int rowBytes, ref float x, int columns, ref float y)
    {
        ref byte w1 = ref Unsafe.Add(ref w0, rowBytes), w2 = ref Unsafe.Add(ref w1, rowBytes);
        ref byte w3 = ref Unsafe.Add(ref w2, rowBytes);
        TileSums<TVector, TSimd> s0 = default;
        for (int i = 0, block = 0; i < columns; i += Q80.BlockElements, block += Q80.BlockBytes)
        {
            ref byte b0 = ref Unsafe.Add(ref w0, block), b1 = ref Unsafe.Add(ref w1, block);
            ref byte b2 = ref Unsafe.Add(ref w2, block), b3 = ref Unsafe.Add(ref w3, block);
            Prefetch(ref b0, ref b1, ref b2, ref b3, rowBytes);
            TVector scale0 = Scale(ref b0), scale1 = Scale(ref b1), scale2 = Scale(ref b2), scale3 = Scale(ref b3);
            for (int j = 0; j < Q80.BlockElements; j += TSimd.Count)
            {
                TVector a = Elements(ref b0, j, scale0), b = Elements(ref b1, j, scale1);
                TVector c = Elements(ref b2, j, scale2), d = Elements(ref b3, j, scale3);
                s0.Add(a, b, c, d, TSimd.Load(ref x, i + j));
            }
        }

        s0.Total().StoreUnsafe(ref y);
    }

    private static float Dot(ref byte w, ref float x, int columns)
    {
        TVector sum = default;
        for (int i = 0; i < columns; i += Q80.BlockElements, w = ref Unsafe.Add(ref w, Q80.BlockBytes))
        {
            TVector scale = Scale(ref w);
            for (int j = 0; j < Q80.BlockElements; j += TSimd.Count)
                sum = TSimd.MultiplyAdd(Elements(ref w, j, scale), TSimd.Load(ref x, i + j), sum);
        }

        return TSimd.Sum(sum);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TVector Scale(ref byte block) => TSimd.Broadcast(Q80.Scale(ref block));

    // Elements of a block, from one on.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TVector Elements(ref byte block, int start, TVector scale) =>
        TSimd.Multiply(TSimd.Load(ref Q80.Quants(ref block), start), scale);

    // Rows are short for a stream: without a hint the memory falls asleep at each row's end.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Prefetch(ref byte b0, ref byte b1, ref byte b2, ref byte b3, int rowBytes)
    {
        Q80.Prefetch(ref b0, 4 * rowBytes);
        Q80.Prefetch(ref b1, 4 * rowBytes);
        Q80.Prefetch(ref b2, 4 * rowBytes);
        Q80.Prefetch(ref b3, 4 * rowBytes);
    }
}
