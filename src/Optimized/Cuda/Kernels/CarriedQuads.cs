using System.Runtime.CompilerServices;
using Gdn.Optimized.Cuda.Kernels.Tiles;
using ILGPU;

namespace Gdn.Optimized.Cuda.Kernels;

/// <summary>
/// A thread's share of an operand <c>[chunk, width]</c> of tokens, on its way from device memory to shared memory: every so many
/// quads, so that threads take neighbouring ones.
/// </summary>
public struct CarriedQuads
{
    /// <summary>Quads of a thread.</summary>
    public const int Count = 4;

    private Quad _a, _b, _c, _d;

    /// <summary>Reads those of tokens up to the last. Beyond it they are the last one's, whose outputs nobody reads.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static CarriedQuads Load(ArrayView<float> view, int last, int chunk, int stride, int width, int threads)
    {
        CarriedQuads carried = default;
        carried._a = At(view, last, chunk, stride, width, 4 * Group.IdxX);
        carried._b = At(view, last, chunk, stride, width, 4 * (Group.IdxX + threads));
        carried._c = At(view, last, chunk, stride, width, 4 * (Group.IdxX + 2 * threads));
        carried._d = At(view, last, chunk, stride, width, 4 * (Group.IdxX + 3 * threads));
        return carried;
    }

    /// <summary>Puts them where the chunk's tokens lie side by side.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public readonly void Store(ArrayView<float> shared, int threads)
    {
        _a.Store(shared, 4 * Group.IdxX);
        _b.Store(shared, 4 * (Group.IdxX + threads));
        _c.Store(shared, 4 * (Group.IdxX + 2 * threads));
        _d.Store(shared, 4 * (Group.IdxX + 3 * threads));
    }

    /// <summary>Sends what lies there now, each entry multiplied with a factor, of so many tokens.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Send(
        ArrayView<float> shared, ArrayView<float> view, int start, int tokens, int stride, int offset, int width, int threads,
        float factor)
    {
        for (int entry = 4 * Group.IdxX; entry < tokens * width; entry += 4 * threads)
        {
            int token = entry / width;
            default(Quad).Load(shared, entry, 4).Scaled(factor)
                .Store(view.SubView((long)(start + token) * stride + offset + entry - token * width), 0);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Quad At(ArrayView<float> view, int last, int chunk, int stride, int width, int entry)
    {
        int token = entry / width, inToken = entry - token * width;
        return token < chunk ? default(Quad).Load(view, IntrinsicMath.Min(token, last) * stride + inToken, 4) : default;
    }
}
