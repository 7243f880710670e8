using ILGPU;

namespace Gdn.Optimized.Cuda.Kernels;

/// <summary>
/// Writes the conv windows that a pass leaves: plane p holds the last W - 1 inputs as of p tokens before the end. It runs after
/// the convolution, which still reads the old ones.
/// </summary>
public static class WindowKernel
{
    /// <summary>A thread takes channels of sequences, all planes of each.</summary>
    /// <param name="sequences">The sequences: <c>[n_seqs]</c>.</param>
    /// <param name="targets">Rows to write, newest plane first, for each sequence from its first target on.</param>
    /// <param name="channels">C.</param>
    /// <param name="history">W - 1.</param>
    /// <param name="x">Inputs <c>[n_tokens, C]</c>.</param>
    /// <param name="windows">The pool <c>[rows, W - 1, C]</c>; updated.</param>
    public static void Run(
        ArrayView<PassSequence> sequences, ArrayView<int> targets, int channels, int history, ArrayView<float> x,
        ArrayView<float> windows) =>
        Items(Grid.GlobalIndex.X, Grid.DimX * Group.DimX, sequences, targets, channels, history, x, windows);

    /// <summary>The items of one thread: every so many, from the first on.</summary>
    internal static void Items(
        int first, int step, ArrayView<PassSequence> sequences, ArrayView<int> targets, int channels, int history,
        ArrayView<float> x, ArrayView<float> windows)
    {
        for (int i = first; i < sequences.IntLength * channels; i += step)
        {
            int s = i / channels, c = i - s * channels;
            PassSequence sequence = sequences[s];
            int last = -1;
            for (int plane = 0; plane < sequence.Planes; plane++)
            {
                // The others still need what stands in the source row, so that one comes last.
                if (targets[sequence.ConvTargets + plane] == sequence.ConvSource) last = plane;
                else Write(sequence, targets, channels, history, x, windows, plane, c);
            }

            if (last >= 0) Write(sequence, targets, channels, history, x, windows, last, c);
        }
    }

    /// <summary>An input of a sequence, counted from its first token of the pass; negative numbers lie in its window.</summary>
    internal static float Input(
        PassSequence sequence, int channels, int history, ArrayView<float> x, ArrayView<float> windows, int index, int c)
    {
        if (index >= 0) return x[(sequence.Start + index) * channels + c];
        if (sequence.ConvSource < 0) return 0;
        return windows[((long)sequence.ConvSource * history + history + index) * channels + c];
    }

    // Oldest first: where old and new are the same row, what is read lies ahead of what is written.
    private static void Write(
        PassSequence sequence, ArrayView<int> targets, int channels, int history, ArrayView<float> x, ArrayView<float> windows,
        int plane, int c)
    {
        long row = (long)targets[sequence.ConvTargets + plane] * history;
        for (int j = 0; j < history; j++)
            windows[(row + j) * channels + c] =
                Input(sequence, channels, history, x, windows, sequence.Count - plane - history + j, c);
    }
}
