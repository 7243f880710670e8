using System.Numerics;

namespace Gdn.Optimized.Cpu.Kernels;

/// <summary>
/// Elementwise operations on whole buffers. The last, partial vector goes through the same instructions as the others, so
/// that an entry's value does not depend on where in the buffer it stands.
/// </summary>
public static class Elementwise
{
    /// <summary><c>x &lt;- x + y</c>.</summary>
    public static void Add(Span<float> x, ReadOnlySpan<float> y)
    {
        Expect(x.Length, y.Length);
        int i = 0;
        for (; i <= x.Length - Vector<float>.Count; i += Vector<float>.Count)
            (new Vector<float>(x[i..]) + new Vector<float>(y[i..])).CopyTo(x[i..]);
        for (; i < x.Length; i++) x[i] += y[i];
    }

    /// <summary><c>x &lt;- x + factor * y</c>, each product rounded once with its sum.</summary>
    public static void AddScaled(Span<float> x, float factor, ReadOnlySpan<float> y)
    {
        Expect(x.Length, y.Length);
        var factors = new Vector<float>(factor);
        int i = 0;
        for (; i <= x.Length - Vector<float>.Count; i += Vector<float>.Count)
            Vector.FusedMultiplyAdd(factors, new Vector<float>(y[i..]), new Vector<float>(x[i..])).CopyTo(x[i..]);
        for (; i < x.Length; i++) x[i] = MathF.FusedMultiplyAdd(factor, y[i], x[i]);
    }

    /// <summary><c>x &lt;- x * silu(y)</c>.</summary>
    public static void TimesSiLU(Span<float> x, ReadOnlySpan<float> y)
    {
        Expect(x.Length, y.Length);
        int i = 0;
        for (; i <= x.Length - Vector<float>.Count; i += Vector<float>.Count)
            (new Vector<float>(x[i..]) * VectorMath.SiLU(new Vector<float>(y[i..]))).CopyTo(x[i..]);
        if (i < x.Length)
            VectorMath.StoreTail(VectorMath.LoadTail(x, i) * VectorMath.SiLU(VectorMath.LoadTail(y, i)), x, i);
    }

    /// <summary><c>x &lt;- x * sigmoid(y)</c>.</summary>
    public static void TimesSigmoid(Span<float> x, ReadOnlySpan<float> y)
    {
        Expect(x.Length, y.Length);
        int i = 0;
        for (; i <= x.Length - Vector<float>.Count; i += Vector<float>.Count)
            (new Vector<float>(x[i..]) * VectorMath.Sigmoid(new Vector<float>(y[i..]))).CopyTo(x[i..]);
        if (i < x.Length)
            VectorMath.StoreTail(VectorMath.LoadTail(x, i) * VectorMath.Sigmoid(VectorMath.LoadTail(y, i)), x, i);
    }

    private static void Expect(int x, int y)
    {
        if (x != y) throw new ArgumentException($"x has {x} and y {y} elements.");
    }
}
