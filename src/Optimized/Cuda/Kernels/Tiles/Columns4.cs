using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using ILGPU;
using ILGPU.Runtime;
using ILGPU.Util;

namespace Gdn.Optimized.Cuda.Kernels.Tiles;

/// <summary>Four neighbouring columns.</summary>
[StructLayout(LayoutKind.Sequential)]
public struct Columns4 : IColumns<Columns4>
{
    private float _a, _b, _c, _d;

    /// <inheritdoc/>
    public readonly int Count
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => 4;
    }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public readonly Columns4 Load(ArrayView<float> view, int start) => view.Cast<Columns4>().AsAligned(16)[start / 4];

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public readonly void Store(ArrayView<float> view, int start) => view.Cast<Columns4>().AsAligned(16)[start / 4] = this;

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public readonly Columns4 Scaled(float factor) => Of(factor * _a, factor * _b, factor * _c, factor * _d);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public readonly Columns4 Plus(Columns4 others, float factor) =>
        Of(_a + factor * others._a, _b + factor * others._b, _c + factor * others._c, _d + factor * others._d);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public readonly Columns4 Or(Columns4 others, bool areOthers) => Of(
        Utilities.Select(areOthers, others._a, _a), Utilities.Select(areOthers, others._b, _b),
        Utilities.Select(areOthers, others._c, _c), Utilities.Select(areOthers, others._d, _d));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public readonly Columns4 OfLane(int distance) => Of(
        Warp.ShuffleXor(_a, distance), Warp.ShuffleXor(_b, distance), Warp.ShuffleXor(_c, distance),
        Warp.ShuffleXor(_d, distance));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Columns4 Of(float a, float b, float c, float d)
    {
        Columns4 columns = default;
        columns._a = a;
        columns._b = b;
        columns._c = c;
        columns._d = d;
        return columns;
    }
}
