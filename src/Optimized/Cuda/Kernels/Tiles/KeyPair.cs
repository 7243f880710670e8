using System.Runtime.CompilerServices;
using ILGPU;

namespace Gdn.Optimized.Cuda.Kernels.Tiles;

/// <summary>Twice as many entries as its halves.</summary>
public struct KeyPair<T> : IKeys<KeyPair<T>>
    where T : struct, IKeys<T>
{
    private T _low, _high;

    /// <summary>The first half.</summary>
    public readonly T Low => _low;

    /// <summary>The second half.</summary>
    public readonly T High => _high;

    /// <inheritdoc/>
    public readonly int Quads
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => 2 * _low.Quads;
    }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public readonly KeyPair<T> Load(ArrayView<float> view, int start, int step)
    {
        KeyPair<T> pair = default;
        pair._low = _low.Load(view, start, step);
        pair._high = _high.Load(view, start + _low.Quads * step, step);
        return pair;
    }
}
