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

    /// <summary>Four entries.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Quad Of(float a, float b, float c, float d)
    {
        Quad quad = default;
        (quad.A, quad.B, quad.C, quad.D) = (a, b, c, d);
        return quad;
    }

    /// <summary>The sum of the products with another's entries.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public readonly float Dot(Quad other) => A * other.A + B * other.B + C * other.C + D * other.D;

    /// <summary><c>factor * this</c>.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public readonly Quad Scaled(float factor) => Of(factor * A, factor * B, factor * C, factor * D);

    /// <inheritdoc/>
    public readonly int Quads
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => 1;
    }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public readonly Quad Load(ArrayView<float> view, int start, int step) => view.Cast<Quad>().AsAligned(16)[start / 4];

    /// <summary>Writes it to where a quad begins.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public readonly void Store(ArrayView<float> view, int start) => view.Cast<Quad>().AsAligned(16)[start / 4] = this;
}
