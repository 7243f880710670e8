using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Gdn.Optimized.Cpu.Kernels;

/// <summary>What several kernels share. Every result depends on its own row alone, never on how many rows there are.</summary>
internal static class VectorMath
{
    /// <summary>Scalar product, with one vector accumulator: the same bits wherever it is inlined or tiled.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float Dot(ref float x, ref float y, int length)
    {
        Vector<float> sums = Vector<float>.Zero;
        int i = 0;
        for (; i <= length - Vector<float>.Count; i += Vector<float>.Count)
            sums = Vector.FusedMultiplyAdd(
                Vector.LoadUnsafe(ref x, (nuint)i), Vector.LoadUnsafe(ref y, (nuint)i), sums);
        return DotTail(Vector.Sum(sums), ref x, ref y, i, length);
    }

    /// <summary>Adds the entries from <paramref name="start"/> on to a scalar product.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float DotTail(float sum, ref float x, ref float y, int start, int length)
    {
        for (int i = start; i < length; i++)
            sum = MathF.FusedMultiplyAdd(Unsafe.Add(ref x, i), Unsafe.Add(ref y, i), sum);
        return sum;
    }

    /// <summary><c>x / (1 + e^-x)</c>.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector<float> SiLU(Vector<float> x) => x / (Vector<float>.One + Vector.Exp(-x));

    /// <summary><c>1 / (1 + e^-x)</c>.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector<float> Sigmoid(Vector<float> x) => Vector<float>.One / (Vector<float>.One + Vector.Exp(-x));

    /// <summary><c>1 / (1 + e^-x)</c>.</summary>
    public static float Sigmoid(float x) => 1 / (1 + MathF.Exp(-x));

    /// <summary><c>ln(1 + e^x)</c> without overflow, and in double precision, where slow gates keep their digits.</summary>
    public static double Softplus(double x) => Math.Max(x, 0) + Math.Log(1 + Math.Exp(-Math.Abs(x)));

    /// <summary>The entries from <paramref name="start"/> on, less than a vector of them, followed by zeros.</summary>
    public static Vector<float> LoadTail(ReadOnlySpan<float> x, int start)
    {
        Span<float> padded = stackalloc float[Vector<float>.Count];
        padded.Clear();
        x[start..].CopyTo(padded);
        return Vector.LoadUnsafe(ref MemoryMarshal.GetReference(padded));
    }

    /// <summary>Writes the entries from <paramref name="start"/> on, less than a vector of them.</summary>
    public static void StoreTail(Vector<float> value, Span<float> x, int start)
    {
        Span<float> padded = stackalloc float[Vector<float>.Count];
        value.CopyTo(padded);
        padded[..(x.Length - start)].CopyTo(x[start..]);
    }
}
