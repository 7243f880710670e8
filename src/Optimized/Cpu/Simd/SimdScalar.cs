using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Gdn.Optimized.Cpu.Simd;

/// <summary>One entry: the end of the ladder, for machines without vectors.</summary>
internal readonly struct SimdScalar : ISimd<float>
{
    /// <inheritdoc/>
    public static int Count => 1;

    /// <inheritdoc/>
    public static int Registers => 16;

    /// <inheritdoc/>
    public static float Load(ref float source, nint offset) => Unsafe.Add(ref source, offset);

    /// <inheritdoc/>
    public static float Load(ref sbyte source, nint offset) => Unsafe.Add(ref source, offset);

    /// <inheritdoc/>
    public static void Store(float value, ref float target, nint offset) => Unsafe.Add(ref target, offset) = value;

    /// <inheritdoc/>
    public static float Broadcast(float value) => value;

    /// <inheritdoc/>
    public static float Multiply(float x, float y) => x * y;

    /// <inheritdoc/>
    public static float MultiplyAdd(float x, float y, float z) => MathF.FusedMultiplyAdd(x, y, z);

    /// <inheritdoc/>
    public static float SiLU(float x) => x / (1 + MathF.Exp(-x));

    /// <inheritdoc/>
    public static float Sum(float x) => x;

    /// <inheritdoc/>
    public static Vector128<float> Sum(float x0, float x1, float x2, float x3) => Vector128.Create(x0, x1, x2, x3);
}
