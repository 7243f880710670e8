using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using ILGPU;
using ILGPU.Runtime;
using ILGPU.Util;

namespace Gdn.Optimized.Cuda.Kernels.Tiles;

/// <summary>Two neighbouring columns.</summary>
[StructLayout(LayoutKind.Sequential)]
public struct Columns2 : IColumns<Columns2>
{
    private float _a, _b;

    /// <inheritdoc/>
    public readonly int Count
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => 2;
    }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public readonly Columns2 Load(ArrayView<float> view, int start) => view.Cast<Columns2>().AsAligned(8)[start / 2];

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public readonly void Store(ArrayView<float> view, int start) => view.Cast<Columns2>().AsAligned(8)[start / 2] = this;

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public readonly Columns2 Scaled(float factor) => Of(factor * _a, factor * _b);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public readonly Columns2 Plus(Columns2 others, float factor) =>
        Of(_a + factor * others._a, _b + factor * others._b);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public readonly Columns2 Or(Columns2 others, bool areOthers) =>
        Of(Utilities.Select(areOthers, others._a, _a), Utilities.Select(areOthers, others._b, _b));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public readonly Columns2 OfLane(int distance) => Of(Warp.ShuffleXor(_a, distance), Warp.ShuffleXor(_b, distance));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Columns2 Of(float a, float b)
    {
        Columns2 columns = default;
        columns._a = a;
        columns._b = b;
        return columns;
    }
}
