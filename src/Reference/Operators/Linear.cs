using System.Numerics;

namespace Gdn.Reference.Operators;

/// <summary>Matrix times vector.</summary>
public static class Linear
{
    private const int RowsAtOnce = 4;

    /// <summary><c>y = W x</c>, for each of the rows of x.</summary>
    /// <param name="weights">W <c>[out, in]</c>.</param>
    /// <param name="x"><c>[T, in]</c>.</param>
    /// <param name="y">Receives <c>[T, out]</c>.</param>
    /// <exception cref="ArgumentException">A length does not fit.</exception>
    public static void Run<T>(Matrix<T> weights, ReadOnlySpan<T> x, Span<T> y) where T : IFloatingPointIeee754<T>
    {
        int tokens = x.Length / weights.Columns;
        if (x.Length != tokens * weights.Columns || y.Length != tokens * weights.Rows)
            throw new ArgumentException(
                $"x has {x.Length} and y {y.Length} elements for a matrix [{weights.Rows}, {weights.Columns}].");
        for (int t = 0; t < tokens; t++)
        {
            ReadOnlySpan<T> input = x.Slice(t * weights.Columns, weights.Columns);
            Span<T> output = y.Slice(t * weights.Rows, weights.Rows);
            int r = 0;
            for (; r <= output.Length - RowsAtOnce; r += RowsAtOnce) FourDots(weights, r, input, output[r..]);
            for (; r < output.Length; r++) output[r] = Dot(weights.Row(r), input);
        }
    }

    /// <summary><c>W x</c> as a new array <c>[T, out]</c>.</summary>
    public static T[] Run<T>(Matrix<T> weights, ReadOnlySpan<T> x) where T : IFloatingPointIeee754<T>
    {
        var y = new T[x.Length / weights.Columns * weights.Rows];
        Run(weights, x, y);
        return y;
    }

    /// <summary><c>W x</c>, or <c>W (W' x)</c> of a projection in two narrow factors.</summary>
    /// <param name="weights">W <c>[out, in]</c>, or <c>[out, r]</c>.</param>
    /// <param name="reduction">W' <c>[r, in]</c>; null where W is the whole projection.</param>
    /// <param name="x"><c>[T, in]</c>.</param>
    public static T[] Run<T>(Matrix<T> weights, Matrix<T>? reduction, ReadOnlySpan<T> x) where T : IFloatingPointIeee754<T> =>
        Run(weights, reduction is null ? x : Run(reduction, x));

    /// <summary>
    /// Scalar product. This class is the one place of the reference that uses vectors: projections are nine tenths of its work
    /// and nothing about them is in question.
    /// </summary>
    public static T Dot<T>(ReadOnlySpan<T> x, ReadOnlySpan<T> y) where T : IFloatingPointIeee754<T>
    {
        Vector<T> sums = Vector<T>.Zero;
        int i = 0;
        for (; i <= x.Length - Vector<T>.Count; i += Vector<T>.Count)
            sums += new Vector<T>(x[i..]) * new Vector<T>(y[i..]);
        T sum = Vector.Sum(sums);
        for (; i < x.Length; i++) sum += x[i] * y[i];
        return sum;
    }

    /// <summary><c>y &lt;- y + a x</c></summary>
    public static void AddScaled<T>(Span<T> y, T a, ReadOnlySpan<T> x) where T : IFloatingPointIeee754<T>
    {
        int i = 0;
        for (; i <= y.Length - Vector<T>.Count; i += Vector<T>.Count)
            (new Vector<T>(y[i..]) + a * new Vector<T>(x[i..])).CopyTo(y[i..]);
        for (; i < y.Length; i++) y[i] += a * x[i];
    }

    // An addition waits for the one before it in the same sum, and the processor can add for four sums meanwhile. Each has the
    // bits of Dot.
    private static void FourDots<T>(Matrix<T> weights, int row, ReadOnlySpan<T> x, Span<T> y) where T : IFloatingPointIeee754<T>
    {
        ReadOnlySpan<T> a = weights.Row(row), b = weights.Row(row + 1), c = weights.Row(row + 2), d = weights.Row(row + 3);
        Vector<T> sumA = Vector<T>.Zero, sumB = sumA, sumC = sumA, sumD = sumA;
        int i = 0;
        for (; i <= x.Length - Vector<T>.Count; i += Vector<T>.Count)
        {
            var factor = new Vector<T>(x[i..]);
            sumA += new Vector<T>(a[i..]) * factor;
            sumB += new Vector<T>(b[i..]) * factor;
            sumC += new Vector<T>(c[i..]) * factor;
            sumD += new Vector<T>(d[i..]) * factor;
        }

        (y[0], y[1], y[2], y[3]) = (Vector.Sum(sumA), Vector.Sum(sumB), Vector.Sum(sumC), Vector.Sum(sumD));
        for (; i < x.Length; i++)
        {
            y[0] += a[i] * x[i];
            y[1] += b[i] * x[i];
            y[2] += c[i] * x[i];
            y[3] += d[i] * x[i];
        }
    }
}
