using ILGPU;

namespace Gdn.Optimized.Cuda.Kernels.Tiles;

/// <summary>
/// A lane's share of a head's S: some rows of a few neighbouring columns, each entry in a register of its own. The compiler of
/// kernels neither unrolls loops nor keeps arrays in registers, so tiles are built from halves.
/// </summary>
/// <typeparam name="TSelf">The implementing type.</typeparam>
/// <typeparam name="TColumns">A row of it.</typeparam>
/// <typeparam name="TKeys">A number for each row.</typeparam>
public interface ITile<TSelf, TColumns, TKeys>
    where TSelf : struct, ITile<TSelf, TColumns, TKeys>
    where TColumns : struct, IColumns<TColumns>
    where TKeys : struct, IKeys<TKeys>
{
    /// <summary>Quads of rows.</summary>
    int Quads { get; }

    /// <summary>Row r of quad j from <c>start + j * step + r * stride</c> on.</summary>
    TSelf Load(ArrayView<float> view, int start, int step, int stride);

    /// <summary>Writes the rows, likewise.</summary>
    void Store(ArrayView<float> view, int start, int step, int stride);

    /// <summary>The sum of the rows, each multiplied with its key.</summary>
    TColumns Read(TKeys keys);

    /// <summary>A sum and that of the rows, each multiplied with its key.</summary>
    TColumns ReadOnto(TKeys keys, TColumns sum);

    /// <summary>Each row multiplied with its gate.</summary>
    TSelf Times(TKeys gates);

    /// <summary><c>factor * this</c>.</summary>
    TSelf Scaled(float factor);

    /// <summary><c>this + keys * delta</c>, an outer product.</summary>
    TSelf Plus(TKeys keys, TColumns delta);
}
