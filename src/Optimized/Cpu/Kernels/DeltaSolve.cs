using System.Runtime.CompilerServices;
using Gdn.Optimized.Cpu.Simd;

namespace Gdn.Optimized.Cpu.Kernels;

/// <summary>Corrections and outputs of a block, from what was read of the state before it: forward substitution.</summary>
internal static unsafe class DeltaSolve<TColumns, TWidth>
    where TColumns : struct
    where TWidth : struct, IColumns<TColumns>
{
    /// <summary>Solves for some columns.</summary>
    /// <param name="couplings">How the tokens act on each other.</param>
    /// <param name="values">The columns of v, <c>[count, valueStride]</c>.</param>
    /// <param name="output">Receives the columns of o, <c>[count, outputStride]</c>.</param>
    /// <param name="scale">Factor of outputs.</param>
    /// <param name="products">The columns of <c>S^T k</c> and <c>S^T q</c>, <c>[count, 2, width]</c>.</param>
    /// <param name="deltas">Those of the earlier corrections; receives the new ones behind them, <c>[earlier + count, deltaStride]</c>.</param>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public static void Run(
        in DeltaCouplings couplings, ref float values, int valueStride, ref float output, int outputStride, float scale,
        float* products, int width, float* deltas, int deltaStride)
    {
        float* keyKey = couplings.KeyKey, keyQuery = couplings.KeyQuery, last = deltas + couplings.Earlier * deltaStride;
        for (int t = 0; t < couplings.Count; t++, last += deltaStride, products += 2 * width)
        {
            TColumns delta = Add(
                Scale(TWidth.Load(ref values, 0), couplings.Beta[t]), Load(products), couplings.PredictionFactor[t]);
            TColumns sum = Scale(Load(products + width), couplings.ReadFactor[t]);
            float* k = keyKey, q = keyQuery;
            for (float* earlier = deltas; earlier < last; earlier += deltaStride, k++, q++)
            {
                TColumns before = Load(earlier);
                delta = Add(delta, before, *k);
                sum = Add(sum, before, *q);
            }

            TWidth.Store(delta, ref *last, 0);
            TWidth.Store(Scale(Add(sum, delta, *q), scale), ref output, 0);
            keyKey += couplings.Stride;
            keyQuery += couplings.Stride;
            values = ref Unsafe.Add(ref values, valueStride);
            output = ref Unsafe.Add(ref output, outputStride);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TColumns Load(float* source) => TWidth.Load(ref *source, 0);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TColumns Add(TColumns sum, TColumns x, float factor) =>
        TWidth.MultiplyAdd(x, TWidth.Broadcast(factor), sum);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TColumns Scale(TColumns x, float factor) => TWidth.Multiply(x, TWidth.Broadcast(factor));
}
