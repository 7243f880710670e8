using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Gdn.Optimized.Cpu.Simd;

namespace Gdn.Optimized.Cpu.Kernels;

/// <summary>Scalar products of matrix rows and tokens, on the widest vectors of the machine.</summary>
internal static class MatrixTiles
{
    /// <summary>Matrix rows of a tile.</summary>
    public const int Rows = 4;

    /// <inheritdoc cref="MatrixTiles{TVector, TSimd}.Run"/>
    public static void Run(
        ref float w, int rowStride, int rows, ref float x, int tokenStride, int tokens, int columns,
        ref float y, int outputStride)
    {
        if (Vector512.IsHardwareAccelerated)
            MatrixTiles<Vector512<float>, Simd512>.Run(
                ref w, rowStride, rows, ref x, tokenStride, tokens, columns, ref y, outputStride);
        else if (Vector256.IsHardwareAccelerated)
            MatrixTiles<Vector256<float>, Simd256>.Run(
                ref w, rowStride, rows, ref x, tokenStride, tokens, columns, ref y, outputStride);
        else if (Vector128.IsHardwareAccelerated)
            MatrixTiles<Vector128<float>, Simd128>.Run(
                ref w, rowStride, rows, ref x, tokenStride, tokens, columns, ref y, outputStride);
        else
            MatrixTiles<float, SimdScalar>.Run(
                ref w, rowStride, rows, ref x, tokenStride, tokens, columns, ref y, outputStride);
    }
}

/// <summary>
/// Scalar products of matrix rows and tokens, in tiles of four rows and up to six tokens whose sums stay in registers.
/// </summary>
/// <remarks>
/// Each product has one accumulator and runs through its columns in order, in a tile of any size: the order is never cut,
/// neither by caches nor by threads, so that a product has the same bits whatever is computed beside it. Matrix libraries
/// choose their order by the size of the batch; that is why none is used here. There is a body for each number of tokens
/// because accumulators stay in registers only as local variables: the JIT keeps no array in them.
/// </remarks>
internal static class MatrixTiles<TVector, TSimd>
    where TVector : struct
    where TSimd : struct, ISimd<TVector>
{
    private const int Rows = MatrixTiles.Rows;

    /// <summary><c>y[t, r] = w_r . x_t</c> for all rows and tokens given.</summary>
    /// <param name="w">First row; each further one <paramref name="rowStride"/> after the one before.</param>
    /// <param name="x">First token; each further one <paramref name="tokenStride"/> after the one before.</param>
    /// <param name="columns">Length of a product.</param>
    /// <param name="y">Receives the first token's products, side by side; the next token's follow by
    /// <paramref name="outputStride"/>.</param>
    public static void Run(
        ref float w, int rowStride, int rows, ref float x, int tokenStride, int tokens, int columns,
        ref float y, int outputStride)
    {
        for (int t = 0, count; t < tokens; t += count)
        {
            count = TileTokens(tokens - t);
            ref float token = ref Unsafe.Add(ref x, t * tokenStride);
            ref float output = ref Unsafe.Add(ref y, t * outputStride);
            int r = 0;
            for (; r <= rows - Rows; r += Rows)
            {
                ref float row = ref Unsafe.Add(ref w, (nint)r * rowStride);
                ref float products = ref Unsafe.Add(ref output, r);
                if (count == 6) SixTokens(ref row, rowStride, ref token, tokenStride, columns, ref products, outputStride);
                else if (count == 4)
                    FourTokens(ref row, rowStride, ref token, tokenStride, columns, ref products, outputStride);
                else if (count == 2)
                    TwoTokens(ref row, rowStride, ref token, tokenStride, columns, ref products, outputStride);
                else OneToken(ref row, rowStride, ref token, columns, ref products);
            }

            for (; r < rows; r++)
                for (int i = 0; i < count; i++)
                    Unsafe.Add(ref output, i * outputStride + r) = Dot(
                        ref Unsafe.Add(ref w, (nint)r * rowStride), ref Unsafe.Add(ref token, i * tokenStride), columns);
        }
    }

    // A tile of six tokens holds 24 sums, one of two 8.
    private static int TileTokens(int left) => TSimd.Registers == 32 && left >= 4 ? left >= 6 ? 6 : 4 : left >= 2 ? 2 : 1;

    /// <summary>One scalar product.</summary>
    public static float Dot(ref float w, ref float x, int columns)
    {
        TVector sum = default;
        int i = 0;
        for (; i <= columns - TSimd.Count; i += TSimd.Count)
            sum = TSimd.MultiplyAdd(TSimd.Load(ref w, i), TSimd.Load(ref x, i), sum);
        return Tail(TSimd.Sum(sum), ref w, ref x, i, columns);
    }

    // Inlined into the loops around them, tiles lose their accumulators to the stack: a third of the speed.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void SixTokens(
        ref float w, int rowStride, ref float x, int tokenStride, int columns, ref float y, int outputStride)
    {
        ref float x1 = ref Unsafe.Add(ref x, tokenStride), x2 = ref Unsafe.Add(ref x1, tokenStride);
        ref float x3 = ref Unsafe.Add(ref x2, tokenStride), x4 = ref Unsafe.Add(ref x3, tokenStride);
        ref float x5 = ref Unsafe.Add(ref x4, tokenStride);
        ref float w1 = ref Unsafe.Add(ref w, rowStride), w2 = ref Unsafe.Add(ref w1, rowStride);
        ref float w3 = ref Unsafe.Add(ref w2, rowStride);
        TileSums<TVector, TSimd> s0 = default, s1 = default, s2 = default, s3 = default, s4 = default, s5 = default;
        int i = 0;
        for (; i <= columns - TSimd.Count; i += TSimd.Count)
        {
            TVector a = TSimd.Load(ref w, i), b = TSimd.Load(ref w1, i);
            TVector c = TSimd.Load(ref w2, i), d = TSimd.Load(ref w3, i);
            s0.Add(a, b, c, d, TSimd.Load(ref x, i));
            s1.Add(a, b, c, d, TSimd.Load(ref x1, i));
            s2.Add(a, b, c, d, TSimd.Load(ref x2, i));
            s3.Add(a, b, c, d, TSimd.Load(ref x3, i));
            s4.Add(a, b, c, d, TSimd.Load(ref x4, i));
            s5.Add(a, b, c, d, TSimd.Load(ref x5, i));
        }

        Finish(s0.Total(), ref w, rowStride, ref x, i, columns, ref y);
        Finish(s1.Total(), ref w, rowStride, ref x1, i, columns, ref Unsafe.Add(ref y, outputStride));
        Finish(s2.Total(), ref w, rowStride, ref x2, i, columns, ref Unsafe.Add(ref y, 2 * outputStride));
        Finish(s3.Total(), ref w, rowStride, ref x3, i, columns, ref Unsafe.Add(ref y, 3 * outputStride));
        Finish(s4.Total(), ref w, rowStride, ref x4, i, columns, ref Unsafe.Add(ref y, 4 * outputStride));
        Finish(s5.Total(), ref w, rowStride, ref x5, i, columns, ref Unsafe.Add(ref y, 5 * outputStride));
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void FourTokens(
        ref float w, int rowStride, ref float x, int tokenStride, int columns, ref float y, int outputStride)
    {
        ref float x1 = ref Unsafe.Add(ref x, tokenStride), x2 = ref Unsafe.Add(ref x1, tokenStride);
        ref float x3 = ref Unsafe.Add(ref x2, tokenStride);
        ref float w1 = ref Unsafe.Add(ref w, rowStride), w2 = ref Unsafe.Add(ref w1, rowStride);
        ref float w3 = ref Unsafe.Add(ref w2, rowStride);
        TileSums<TVector, TSimd> s0 = default, s1 = default, s2 = default, s3 = default;
        int i = 0;
        for (; i <= columns - TSimd.Count; i += TSimd.Count)
        {
            TVector a = TSimd.Load(ref w, i), b = TSimd.Load(ref w1, i);
            TVector c = TSimd.Load(ref w2, i), d = TSimd.Load(ref w3, i);
            s0.Add(a, b, c, d, TSimd.Load(ref x, i));
            s1.Add(a, b, c, d, TSimd.Load(ref x1, i));
            s2.Add(a, b, c, d, TSimd.Load(ref x2, i));
            s3.Add(a, b, c, d, TSimd.Load(ref x3, i));
        }

        Finish(s0.Total(), ref w, rowStride, ref x, i, columns, ref y);
        Finish(s1.Total(), ref w, rowStride, ref x1, i, columns, ref Unsafe.Add(ref y, outputStride));
        Finish(s2.Total(), ref w, rowStride, ref x2, i, columns, ref Unsafe.Add(ref y, 2 * outputStride));
        Finish(s3.Total(), ref w, rowStride, ref x3, i, columns, ref Unsafe.Add(ref y, 3 * outputStride));
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void TwoTokens(
        ref float w, int rowStride, ref float x, int tokenStride, int columns, ref float y, int outputStride)
    {
        ref float x1 = ref Unsafe.Add(ref x, tokenStride);
        ref float w1 = ref Unsafe.Add(ref w, rowStride), w2 = ref Unsafe.Add(ref w1, rowStride);
        ref float w3 = ref Unsafe.Add(ref w2, rowStride);
        TileSums<TVector, TSimd> s0 = default, s1 = default;
        int i = 0;
        for (; i <= columns - TSimd.Count; i += TSimd.Count)
        {
            TVector a = TSimd.Load(ref w, i), b = TSimd.Load(ref w1, i);
            TVector c = TSimd.Load(ref w2, i), d = TSimd.Load(ref w3, i);
            s0.Add(a, b, c, d, TSimd.Load(ref x, i));
            s1.Add(a, b, c, d, TSimd.Load(ref x1, i));
        }

        Finish(s0.Total(), ref w, rowStride, ref x, i, columns, ref y);
        Finish(s1.Total(), ref w, rowStride, ref x1, i, columns, ref Unsafe.Add(ref y, outputStride));
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void OneToken(ref float w, int rowStride, ref float x, int columns, ref float y)
    {
        ref float w1 = ref Unsafe.Add(ref w, rowStride), w2 = ref Unsafe.Add(ref w1, rowStride);
        ref float w3 = ref Unsafe.Add(ref w2, rowStride);
        TileSums<TVector, TSimd> sums = default;
        int i = 0;
        for (; i <= columns - TSimd.Count; i += TSimd.Count)
            sums.Add(
                TSimd.Load(ref w, i), TSimd.Load(ref w1, i), TSimd.Load(ref w2, i), TSimd.Load(ref w3, i),
                TSimd.Load(ref x, i));
        Finish(sums.Total(), ref w, rowStride, ref x, i, columns, ref y);
    }

    // Adds the columns that fill no register, and writes four products.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Finish(
        Vector128<float> sums, ref float w, int rowStride, ref float x, int start, int columns, ref float y)
    {
        sums.StoreUnsafe(ref y);
        if (start == columns) return;
        for (int r = 0; r < Rows; r++)
            Unsafe.Add(ref y, r) = Tail(
                Unsafe.Add(ref y, r), ref Unsafe.Add(ref w, (nint)r * rowStride), ref x, start, columns);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static float Tail(float sum, ref float w, ref float x, int start, int columns)
    {
        for (int i = start; i < columns; i++)
            sum = MathF.FusedMultiplyAdd(Unsafe.Add(ref w, i), Unsafe.Add(ref x, i), sum);
        return sum;
    }
}
