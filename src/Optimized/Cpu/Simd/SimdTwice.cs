using System.Runtime.CompilerServices;

namespace Gdn.Optimized.Cpu.Simd;

/// <summary>
/// Twice as many entries, and so on: it nests. Loops over such vectors are loops unrolled by registers, written once.
/// </summary>
internal readonly struct SimdTwice<TVector, TSimd> : IColumns<Twice<TVector>>
    where TVector : struct
    where TSimd : struct, IColumns<TVector>
{
    /// <inheritdoc/>
    public static int Count => 2 * TSimd.Count;

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Twice<TVector> Load(ref float source, nint offset) =>
        new(TSimd.Load(ref source, offset), TSimd.Load(ref source, offset + TSimd.Count));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store(Twice<TVector> value, ref float target, nint offset)
    {
        TSimd.Store(value.First, ref target, offset);
        TSimd.Store(value.Second, ref target, offset + TSimd.Count);
    }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Twice<TVector> Broadcast(float value)
    {
        TVector vector = TSimd.Broadcast(value);
        return new(vector, vector);
    }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Twice<TVector> Multiply(Twice<TVector> x, Twice<TVector> y) =>
        new(TSimd.Multiply(x.First, y.First), TSimd.Multiply(x.Second, y.Second));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Twice<TVector> MultiplyAdd(Twice<TVector> x, Twice<TVector> y, Twice<TVector> z) =>
        new(TSimd.MultiplyAdd(x.First, y.First, z.First), TSimd.MultiplyAdd(x.Second, y.Second, z.Second));
}
