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
        ref float w = ref MemoryMarshal.GetArrayDataReference(weights.Data);
        ref float input = ref MemoryMarshal.GetReference(x);
        ref float output = ref MemoryMarshal.GetReference(y);

        int r = 0;
        for (; r <= rows - TileRows; r += TileRows)
        {
            ref float tileWeights = ref Unsafe.Add(ref w, (nint)r * columns);
            ref float tileOutput = ref Unsafe.Add(ref output, r);
            int t = 0;
            for (; t <= tokens - TileTokens; t += TileTokens)
                Tile4x2(
                    ref tileWeights, ref Unsafe.Add(ref input, t * columns), columns,
                    ref Unsafe.Add(ref tileOutput, t * rows), ref Unsafe.Add(ref tileOutput, (t + 1) * rows));
            if (t < tokens)
                Tile4x1(
                    ref tileWeights, ref Unsafe.Add(ref input, t * columns), columns,
                    ref Unsafe.Add(ref tileOutput, t * rows));
        }

        for (; r < rows; r++)
            for (int t = 0; t < tokens; t++)
                Unsafe.Add(ref output, t * rows + r) = VectorMath.Dot(
                    ref Unsafe.Add(ref w, (nint)r * columns), ref Unsafe.Add(ref input, t * columns), columns);
    }

    // Four matrix rows, two tokens.
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
