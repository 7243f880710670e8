using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using ILGPU;
using ILGPU.Runtime;

namespace Gdn.Optimized.Cuda.Kernels.Tiles;

/// <summary>Four neighbouring entries, read at once.</summary>
[StructLayout(LayoutKind.Sequential)]
public struct Quad : IKeys<Quad>
{
    /// <summary>The first.</summary>
    public float A { readonly get; set; }

    /// <summary>The second.</summary>
    public float B { readonly get; set; }

    /// <summary>The third.</summary>
    public float C { readonly get; set; }

    /// <summary>The fourth.</summary>
    public float D { readonly get; set; }

    /// <inheritdoc/>
    public readonly int Quads
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => 1;
    }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public readonly Quad Load(ArrayView<float> view, long start, int step) => view.Cast<Quad>().AsAligned(16)[start / 4];

    /// <summary>Writes it to where a quad begins.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public readonly void Store(ArrayView<float> view, long start) => view.Cast<Quad>().AsAligned(16)[start / 4] = this;
}
