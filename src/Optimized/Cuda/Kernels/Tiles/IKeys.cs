using ILGPU;

namespace Gdn.Optimized.Cuda.Kernels.Tiles;

/// <summary>A lane's share of a query, key or list of gates: several quads of entries, equally far apart.</summary>
/// <typeparam name="TSelf">The implementing type.</typeparam>
public interface IKeys<TSelf>
    where TSelf : struct, IKeys<TSelf>
{
    /// <summary>Quads.</summary>
    int Quads { get; }

    /// <summary>Quad j from <c>start + j * step</c> on: multiples of four, in a view that begins at a multiple of 16 bytes.</summary>
    TSelf Load(ArrayView<float> view, int start, int step);
}
