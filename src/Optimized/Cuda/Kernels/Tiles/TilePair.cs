using System.Runtime.CompilerServices;
using ILGPU;

namespace Gdn.Optimized.Cuda.Kernels.Tiles;

/// <summary>Twice as many rows as its halves.</summary>
public struct TilePair<TTile, TColumns, TKeys> : ITile<TilePair<TTile, TColumns, TKeys>, TColumns, KeyPair<TKeys>>
    where TTile : struct, ITile<TTile, TColumns, TKeys>
    where TColumns : struct, IColumns<TColumns>
    where TKeys : struct, IKeys<TKeys>
{
    private TTile _low, _high;

    /// <inheritdoc/>
    public readonly int Quads
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => 2 * _low.Quads;
    }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public readonly TilePair<TTile, TColumns, TKeys> Load(ArrayView<float> view, int start, int step, int stride) =>
        Of(_low.Load(view, start, step, stride), _high.Load(view, start + _low.Quads * step, step, stride));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public readonly void Store(ArrayView<float> view, int start, int step, int stride)
    {
        _low.Store(view, start, step, stride);
        _high.Store(view, start + _low.Quads * step, step, stride);
    }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public readonly TColumns Read(KeyPair<TKeys> keys) => _high.ReadOnto(keys.High, _low.Read(keys.Low));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public readonly TColumns ReadOnto(KeyPair<TKeys> keys, TColumns sum) =>
        _high.ReadOnto(keys.High, _low.ReadOnto(keys.Low, sum));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public readonly TilePair<TTile, TColumns, TKeys> Times(KeyPair<TKeys> gates) =>
        Of(_low.Times(gates.Low), _high.Times(gates.High));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public readonly TilePair<TTile, TColumns, TKeys> Scaled(float factor) => Of(_low.Scaled(factor), _high.Scaled(factor));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public readonly TilePair<TTile, TColumns, TKeys> Plus(KeyPair<TKeys> keys, TColumns delta) =>
        Of(_low.Plus(keys.Low, delta), _high.Plus(keys.High, delta));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TilePair<TTile, TColumns, TKeys> Of(TTile low, TTile high)
    {
        TilePair<TTile, TColumns, TKeys> pair = default;
        pair._low = low;
        pair._high = high;
        return pair;
    }
}
