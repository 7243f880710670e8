using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using Gdn.Optimized.Cpu.Simd;

namespace Gdn.Optimized.Cpu;

/// <summary>
/// Loops that do nothing but what limits kernels, on the widest vectors that there are: to be timed, for the ceilings that
/// kernels are compared with.
/// </summary>
internal static class CeilingLoops
{
    private const int Chains = 8;

    /// <summary>Multiply-adds that <see cref="MultiplyAdd"/> does in one loop.</summary>
    public static int MultiplyAddsPerLoop => Chains * (
        Vector512.IsHardwareAccelerated ? Simd512.Count
        : Vector256.IsHardwareAccelerated ? Simd256.Count
        : Vector128.IsHardwareAccelerated ? Simd128.Count
        : SimdScalar.Count);

    /// <summary>Multiplies and adds in registers, in independent chains: none waits for the result of the last one.</summary>
    /// <returns>A number of no meaning, so that nothing is optimised away.</returns>
    public static float MultiplyAdd(int loops) =>
        Vector512.IsHardwareAccelerated ? MultiplyAdd<Vector512<float>, Simd512>(loops)
        : Vector256.IsHardwareAccelerated ? MultiplyAdd<Vector256<float>, Simd256>(loops)
        : Vector128.IsHardwareAccelerated ? MultiplyAdd<Vector128<float>, Simd128>(loops)
        : MultiplyAdd<float, SimdScalar>(loops);

    /// <summary>Reads and writes each entry once, in place, as a decode step does with states.</summary>
    public static void Update(Span<float> memory)
    {
        if (Vector512.IsHardwareAccelerated) Update<Vector512<float>, Simd512>(memory);
        else if (Vector256.IsHardwareAccelerated) Update<Vector256<float>, Simd256>(memory);
        else if (Vector128.IsHardwareAccelerated) Update<Vector128<float>, Simd128>(memory);
        else Update<float, SimdScalar>(memory);
    }

    [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
    private static float MultiplyAdd<TVector, TSimd>(int loops)
        where TVector : struct
        where TSimd : struct, ISimd<TVector>
    {
        TVector x = TSimd.Broadcast(0.999f), y = TSimd.Broadcast(0.001f);
        TVector a = x, b = x, c = x, d = x, e = x, f = x, g = x, h = x;
        for (int i = 0; i < loops; i++)
        {
            a = TSimd.MultiplyAdd(a, x, y);
            b = TSimd.MultiplyAdd(b, x, y);
            c = TSimd.MultiplyAdd(c, x, y);
            d = TSimd.MultiplyAdd(d, x, y);
            e = TSimd.MultiplyAdd(e, x, y);
            f = TSimd.MultiplyAdd(f, x, y);
            g = TSimd.MultiplyAdd(g, x, y);
            h = TSimd.MultiplyAdd(h, x, y);
        }

        return TSimd.Sum(a) + TSimd.Sum(b) + TSimd.Sum(c) + TSimd.Sum(d)
            + TSimd.Sum(e) + TSimd.Sum(f) + TSimd.Sum(g) + TSimd.Sum(h);
    }

    [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
    private static void Update<TVector, TSimd>(Span<float> memory)
        where TVector : struct
        where TSimd : struct, ISimd<TVector>
    {
        ref float first = ref MemoryMarshal.GetReference(memory);
        TVector x = TSimd.Broadcast(0.999f), y = TSimd.Broadcast(0.001f);
        int one = TSimd.Count, i = 0;
        for (; i <= memory.Length - 4 * one; i += 4 * one)
        {
            TVector a = TSimd.MultiplyAdd(TSimd.Load(ref first, i), x, y);
            TVector b = TSimd.MultiplyAdd(TSimd.Load(ref first, i + one), x, y);
            TVector c = TSimd.MultiplyAdd(TSimd.Load(ref first, i + 2 * one), x, y);
            TVector d = TSimd.MultiplyAdd(TSimd.Load(ref first, i + 3 * one), x, y);
            TSimd.Store(a, ref first, i);
            TSimd.Store(b, ref first, i + one);
            TSimd.Store(c, ref first, i + 2 * one);
            TSimd.Store(d, ref first, i + 3 * one);
        }

        for (; i < memory.Length; i++) memory[i] = MathF.FusedMultiplyAdd(memory[i], 0.999f, 0.001f);
    }
}
