using System.Runtime.CompilerServices;

namespace Gdn.Optimized.Cpu.Simd;

internal struct Twice<TVector> where TVector : struct
{
    public TVector First, Second;
}

internal readonly struct SimdTwice<TVector, TSimd> : IColumns<Twice<TVector>>
    where TVector : struct
    where TSimd : struct, IColumns<TVector>
{
    public static int Count => 2 * TSimd.Count;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Twice<TVector> Load(ref float source, int offset) =>
        new() { First = TSimd.Load(ref source, offset), Second = TSimd.Load(ref source, offset + TSimd.Count) };

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store(Twice<TVector> value, ref float target, int offset)
    {
        TSimd.Store(value.First, ref target, offset);
        TSimd.Store(value.Second, ref target, offset + TSimd.Count);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Twice<TVector> Broadcast(float value)
    {
        TVector x = TSimd.Broadcast(value);
        return new() { First = x, Second = x };
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Twice<TVector> Multiply(Twice<TVector> x, Twice<TVector> y) =>
        new() { First = TSimd.Multiply(x.First, y.First), Second = TSimd.Multiply(x.Second, y.Second) };

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Twice<TVector> MultiplyAdd(Twice<TVector> x, Twice<TVector> y, Twice<TVector> z) =>
        new() { First = TSimd.MultiplyAdd(x.First, y.First, z.First), Second = TSimd.MultiplyAdd(x.Second, y.Second, z.Second) };
}
