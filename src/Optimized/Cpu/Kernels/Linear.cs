using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Gdn.Reference.Operators;

namespace Gdn.Optimized.Cpu.Kernels;

/// <summary>
/// Matrix times the rows of a batch, in tiles of matrix rows and tokens. Each product keeps one accumulator and runs
/// through its columns in order, in a tile of any size, so a token's result does not depend on the others in the batch.
/// </summary>
public static class Linear
{
    private const int TileRows = 4, TileTokens = 2;

    // A block of tokens and a panel of matrix rows, each of this many elements, share a second-level cache.
    private const int BlockLength = 1 << 16;

    /// <summary><c>y = W x</c> for each token.</summary>
    /// <param name="weights">W <c>[out, in]</c>.</param>
    /// <param name="x"><c>[T, in]</c>.</param>
    /// <param name="y">Receives <c>[T, out]</c>; must not overlap x.</param>
    /// <exception cref="ArgumentException">A length does not fit.</exception>
    public static void Run(Matrix<float> weights, ReadOnlySpan<float> x, Span<float> y)
    {
        int rows = weights.Rows, columns = weights.Columns, tokens = x.Length / columns;
        if (x.Length != tokens * columns || y.Length != tokens * rows)
            throw new ArgumentException($"x has {x.Length} and y {y.Length} elements for a matrix [{rows}, {columns}].");
        int block = Math.Max(TileTokens, BlockLength / columns / TileTokens * TileTokens);
        int panel = tokens <= block ? rows : Math.Max(TileRows, BlockLength / columns / TileRows * TileRows);
        for (int row = 0; row < rows; row += panel)
            for (int token = 0; token < tokens; token += block)
                RunBlock(
                    ref Unsafe.Add(ref MemoryMarshal.GetArrayDataReference(weights.Data), (nint)row * columns),
                    ref Unsafe.Add(ref MemoryMarshal.GetReference(x), token * columns),
                    ref Unsafe.Add(ref MemoryMarshal.GetReference(y), token * rows + row),
                    Math.Min(panel, rows - row), columns, Math.Min(block, tokens - token), stride: rows);
    }

    // Some rows of the matrix, some tokens; y goes on by stride from token to token.
    private static void RunBlock(
        ref float w, ref float x, ref float y, int rows, int columns, int tokens, int stride)
    {
        int r = 0;
        for (; r <= rows - TileRows; r += TileRows)
        {
            ref float tile = ref Unsafe.Add(ref w, (nint)r * columns);
            ref float output = ref Unsafe.Add(ref y, r);
            int t = 0;
            for (; t <= tokens - TileTokens; t += TileTokens)
                Tile4x2(
                    ref tile, ref Unsafe.Add(ref x, t * columns), columns,
                    ref Unsafe.Add(ref output, t * stride), ref Unsafe.Add(ref output, (t + 1) * stride));
            if (t < tokens)
                Tile4x1(
                    ref tile, ref Unsafe.Add(ref x, t * columns), columns, ref Unsafe.Add(ref output, t * stride));
        }

        for (; r < rows; r++)
            for (int t = 0; t < tokens; t++)
                Unsafe.Add(ref y, t * stride + r) = VectorMath.Dot(
                    ref Unsafe.Add(ref w, (nint)r * columns), ref Unsafe.Add(ref x, t * columns), columns);
    }

    // Four matrix rows, two tokens. Inlined into the loops around it, its accumulators leave the registers: a third of
    // the speed.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void Tile4x2(ref float w0, ref float x0, int columns, ref float y0, ref float y1)
    {
        ref float w1 = ref Unsafe.Add(ref w0, columns);
        ref float w2 = ref Unsafe.Add(ref w1, columns);
        ref float w3 = ref Unsafe.Add(ref w2, columns);
        ref float x1 = ref Unsafe.Add(ref x0, columns);
        Vector<float> s00 = default, s10 = default, s20 = default, s30 = default;
        Vector<float> s01 = default, s11 = default, s21 = default, s31 = default;
        int i = 0;
        for (; i <= columns - Vector<float>.Count; i += Vector<float>.Count)
        {
            Vector<float> a = Vector.LoadUnsafe(ref x0, (nuint)i), b = Vector.LoadUnsafe(ref x1, (nuint)i);
            Vector<float> w = Vector.LoadUnsafe(ref w0, (nuint)i);
            s00 = Vector.FusedMultiplyAdd(w, a, s00);
            s01 = Vector.FusedMultiplyAdd(w, b, s01);
            w = Vector.LoadUnsafe(ref w1, (nuint)i);
            s10 = Vector.FusedMultiplyAdd(w, a, s10);
            s11 = Vector.FusedMultiplyAdd(w, b, s11);
            w = Vector.LoadUnsafe(ref w2, (nuint)i);
            s20 = Vector.FusedMultiplyAdd(w, a, s20);
            s21 = Vector.FusedMultiplyAdd(w, b, s21);
            w = Vector.LoadUnsafe(ref w3, (nuint)i);
            s30 = Vector.FusedMultiplyAdd(w, a, s30);
            s31 = Vector.FusedMultiplyAdd(w, b, s31);
        }

        y0 = VectorMath.DotTail(Vector.Sum(s00), ref w0, ref x0, i, columns);
        y1 = VectorMath.DotTail(Vector.Sum(s01), ref w0, ref x1, i, columns);
        Unsafe.Add(ref y0, 1) = VectorMath.DotTail(Vector.Sum(s10), ref w1, ref x0, i, columns);
        Unsafe.Add(ref y1, 1) = VectorMath.DotTail(Vector.Sum(s11), ref w1, ref x1, i, columns);
        Unsafe.Add(ref y0, 2) = VectorMath.DotTail(Vector.Sum(s20), ref w2, ref x0, i, columns);
        Unsafe.Add(ref y1, 2) = VectorMath.DotTail(Vector.Sum(s21), ref w2, ref x1, i, columns);
        Unsafe.Add(ref y0, 3) = VectorMath.DotTail(Vector.Sum(s30), ref w3, ref x0, i, columns);
        Unsafe.Add(ref y1, 3) = VectorMath.DotTail(Vector.Sum(s31), ref w3, ref x1, i, columns);
    }

    // Four matrix rows, one token.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void Tile4x1(ref float w0, ref float x, int columns, ref float y)
    {
        ref float w1 = ref Unsafe.Add(ref w0, columns);
        ref float w2 = ref Unsafe.Add(ref w1, columns);
        ref float w3 = ref Unsafe.Add(ref w2, columns);
        Vector<float> s0 = default, s1 = default, s2 = default, s3 = default;
        int i = 0;
        for (; i <= columns - Vector<float>.Count; i += Vector<float>.Count)
        {
            Vector<float> a = Vector.LoadUnsafe(ref x, (nuint)i);
            s0 = Vector.FusedMultiplyAdd(Vector.LoadUnsafe(ref w0, (nuint)i), a, s0);
            s1 = Vector.FusedMultiplyAdd(Vector.LoadUnsafe(ref w1, (nuint)i), a, s1);
            s2 = Vector.FusedMultiplyAdd(Vector.LoadUnsafe(ref w2, (nuint)i), a, s2);
            s3 = Vector.FusedMultiplyAdd(Vector.LoadUnsafe(ref w3, (nuint)i), a, s3);
        }

        y = VectorMath.DotTail(Vector.Sum(s0), ref w0, ref x, i, columns);
        Unsafe.Add(ref y, 1) = VectorMath.DotTail(Vector.Sum(s1), ref w1, ref x, i, columns);
        Unsafe.Add(ref y, 2) = VectorMath.DotTail(Vector.Sum(s2), ref w2, ref x, i, columns);
        Unsafe.Add(ref y, 3) = VectorMath.DotTail(Vector.Sum(s3), ref w3, ref x, i, columns);
    }
}
