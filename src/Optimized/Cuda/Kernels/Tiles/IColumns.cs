using ILGPU;

namespace Gdn.Optimized.Cuda.Kernels.Tiles;

/// <summary>One number for each of a few neighbouring columns of a state.</summary>
/// <typeparam name="TSelf">The implementing type.</typeparam>
public interface IColumns<TSelf>
    where TSelf : struct, IColumns<TSelf>
{
    /// <summary>How many.</summary>
    int Count { get; }

    /// <summary>Neighbouring entries, from a multiple of their number on, of a view that begins at a multiple of 16 bytes.</summary>
    TSelf Load(ArrayView<float> view, int start);

    /// <summary>Writes neighbouring entries, likewise.</summary>
    void Store(ArrayView<float> view, int start);

    /// <summary><c>factor * this</c>.</summary>
    TSelf Scaled(float factor);

    /// <summary><c>this + factor * others</c>.</summary>
    TSelf Plus(TSelf others, float factor);

    /// <summary>These, or others.</summary>
    TSelf Or(TSelf others, bool areOthers);

    /// <summary>Those of the lane whose number differs in this bit.</summary>
    TSelf OfLane(int distance);
}
