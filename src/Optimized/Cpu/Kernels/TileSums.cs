using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Gdn.Optimized.Cpu.Simd;

namespace Gdn.Optimized.Cpu.Kernels;

/// <summary>The running products of one token with the four matrix rows of a tile: one accumulator each.</summary>
internal struct TileSums<TVector, TSimd>
    where TVector : struct
    where TSimd : struct, ISimd<TVector>
{
    private TVector _row0, _row1, _row2, _row3;

    /// <summary>Adds the next columns.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Add(TVector w0, TVector w1, TVector w2, TVector w3, TVector x)
    {
        _row0 = TSimd.MultiplyAdd(w0, x, _row0);
        _row1 = TSimd.MultiplyAdd(w1, x, _row1);
        _row2 = TSimd.MultiplyAdd(w2, x, _row2);
        _row3 = TSimd.MultiplyAdd(w3, x, _row3);
    }

    /// <summary>The four products.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public readonly Vector128<float> Total() => TSimd.Sum(_row0, _row1, _row2, _row3);
}
