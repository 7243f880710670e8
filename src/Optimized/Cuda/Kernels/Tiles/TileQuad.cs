using System.Runtime.CompilerServices;
using ILGPU;

namespace Gdn.Optimized.Cuda.Kernels.Tiles;

/// <summary>Four neighbouring rows.</summary>
public struct TileQuad<TColumns> : ITile<TileQuad<TColumns>, TColumns, Quad>
    where TColumns : struct, IColumns<TColumns>
{
    private TColumns _a, _b, _c, _d;

    /// <inheritdoc/>
    public readonly int Quads
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => 1;
    }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public readonly TileQuad<TColumns> Load(ArrayView<float> view, int start, int step, int stride) => Of(
        _a.Load(view, start), _b.Load(view, start + stride), _c.Load(view, start + 2 * stride), _d.Load(view, start + 3 * stride));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public readonly void Store(ArrayView<float> view, int start, int step, int stride)
    {
        _a.Store(view, start);
        _b.Store(view, start + stride);
        _c.Store(view, start + 2 * stride);
        _d.Store(view, start + 3 * stride);
    }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public readonly TColumns Read(Quad keys) =>
        _a.Scaled(keys.A).Plus(_b, keys.B).Plus(_c, keys.C).Plus(_d, keys.D);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public readonly TColumns ReadOnto(Quad keys, TColumns sum) =>
        sum.Plus(_a, keys.A).Plus(_b, keys.B).Plus(_c, keys.C).Plus(_d, keys.D);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public readonly TileQuad<TColumns> Times(Quad gates) =>
        Of(_a.Scaled(gates.A), _b.Scaled(gates.B), _c.Scaled(gates.C), _d.Scaled(gates.D));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public readonly TileQuad<TColumns> Scaled(float factor) =>
        Of(_a.Scaled(factor), _b.Scaled(factor), _c.Scaled(factor), _d.Scaled(factor));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public readonly TileQuad<TColumns> Plus(Quad keys, TColumns delta) =>
        Of(_a.Plus(delta, keys.A), _b.Plus(delta, keys.B), _c.Plus(delta, keys.C), _d.Plus(delta, keys.D));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TileQuad<TColumns> Of(TColumns a, TColumns b, TColumns c, TColumns d)
    {
        TileQuad<TColumns> tile = default;
        tile._a = a;
        tile._b = b;
        tile._c = c;
        tile._d = d;
        return tile;
    }
}
