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
    TSelf Load(ArrayView<float> view, long start, int step, int stride);

    /// <summary>Writes the rows, likewise.</summary>
    void Store(ArrayView<float> view, long start, int step, int stride);

    /// <summary><c>sum</c> and the rows, each multiplied with its key: one chain of multiply-adds.</summary>
    TColumns ReadOnto(TKeys keys, TColumns sum);

    /// <summary>Each row multiplied with its gate.</summary>
    TSelf Times(TKeys gates);

    /// <summary><c>kept * this + keys * delta</c>, an outer product.</summary>
    TSelf Updated(float kept, TKeys keys, TColumns delta);
}
