using ILGPU;

namespace Gdn.Optimized.Cuda.Kernels;

/// <summary>
/// Causal depthwise convolution over time with SiLU, over all tokens of a pass. A tap that reaches back beyond a sequence's
/// first token reads the window that the sequence brought along, straight from its row of the pool.
/// </summary>
public static class ConvKernel
{
    /// <summary>
    /// <c>y[t, c] = silu( sum_i w[i, c] * in[t + i, c] )</c>, where i = W - 1 is the current token. A thread takes entries of y,
    /// its neighbours the channels beside.
    /// </summary>
    /// <param name="sequences">The sequences: <c>[n_seqs]</c>.</param>
    /// <param name="sequenceOf">Index of each token's sequence: <c>[n_tokens]</c>.</param>
    /// <param name="channels">C.</param>
    /// <param name="x">Inputs <c>[n_tokens, C]</c>.</param>
    /// <param name="taps">w <c>[W, C]</c>.</param>
    /// <param name="windows">The pool <c>[rows, W - 1, C]</c>, oldest input first; read only.</param>
    /// <param name="y">Receives <c>[n_tokens, C]</c>.</param>
    public static void Run(
        ArrayView<PassSequence> sequences, ArrayView<int> sequenceOf, int channels, ArrayView<float> x, ArrayView<float> taps,
        ArrayView<float> windows, ArrayView<float> y) =>
        Items(Grid.GlobalIndex.X, Grid.DimX * Group.DimX, sequences, sequenceOf, channels, x, taps, windows, y);

    /// <summary>The items of one thread: every so many, from the first on.</summary>
    internal static void Items(
        int first, int step, ArrayView<PassSequence> sequences, ArrayView<int> sequenceOf, int channels, ArrayView<float> x,
        ArrayView<float> taps, ArrayView<float> windows, ArrayView<float> y)
    {
        int history = taps.IntLength / channels - 1;
        for (int i = first; i < y.IntLength; i += step)
        {
            int t = i / channels, c = i - t * channels;
            PassSequence sequence = sequences[sequenceOf[t]];
            float sum = 0;
            for (int tap = 0; tap <= history; tap++)
                sum += taps[tap * channels + c]
                    * WindowKernel.Input(sequence, channels, history, x, windows, t - sequence.Start - history + tap, c);
            y[i] = DeviceMath.SiLU(sum);
        }
    }
}
