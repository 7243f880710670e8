using ILGPU;

namespace Gdn.Optimized.Cuda.Kernels;

/// <summary>
/// The gated delta rule, token by token, of several sequences of any lengths in one launch, in place on rows of the pool. A
/// thread carries one column of a head's S through all tokens of a sequence; columns do not depend on each other, so it needs
/// neither shared memory nor barriers, and runs for any head dimension.
/// </summary>
/// <remarks>
/// S stays in device memory between the two passes over it that a token takes. The state after a token goes where the plane
/// lies that is to keep it; those that nobody keeps go where the oldest plane will lie.
/// </remarks>
public static class DeltaColumnKernel
{
    /// <summary>A thread takes columns of heads of sequences, its neighbours the columns beside.</summary>
    public static void Run(ScanSizes sizes, ScanViews views) =>
        Items(Grid.GlobalIndex.X, Grid.DimX * Group.DimX, sizes, views);

    /// <summary>The items of one thread: every so many, from the first on.</summary>
    internal static void Items(int first, int step, ScanSizes sizes, ScanViews views)
    {
        int columns = sizes.ValueHeads * sizes.ValueDim;
        for (int i = first; i < views.Sequences.IntLength * columns; i += step)
        {
            int s = i / columns, rest = i - s * columns, head = rest / sizes.ValueDim;
            Column(sizes, views, views.Sequences[s], head, rest - head * sizes.ValueDim);
        }
    }

    private static void Column(ScanSizes sizes, ScanViews views, PassSequence sequence, int head, int column)
    {
        long inRow = (long)head * sizes.KeyDim * sizes.ValueDim + column;
        bool empty = sequence.DeltaSource < 0;
        long from = empty ? 0 : sequence.DeltaSource * sizes.StateLength + inRow;
        int key = sizes.KeyHeadOf(head) * sizes.KeyDim;
        for (int t = 0; t < sequence.ScanCount; t++)
        {
            int token = sequence.ScanStart + t, left = sequence.ScanCount - 1 - t;
            int plane = left < sequence.DeltaPlanes ? left : sequence.DeltaPlanes - 1;
            long to = views.Targets[sequence.DeltaTargets + plane] * sizes.StateLength + inRow;
            int keys = token * sizes.KeyStride + key, heads = token * sizes.ValueHeads + head, gates = heads * sizes.Gates;
            float decay = sizes.Gates == 1 ? sizes.Decay(views.Decay[heads]) : 0;

            float read = 0;
            for (int r = 0; r < sizes.KeyDim && !empty; r++)
                read += views.States[from + (long)r * sizes.ValueDim] * Decay(sizes, views, decay, gates, r) * views.K[keys + r];
            float delta = views.Beta[heads] * (views.V[token * sizes.ValueStride + head * sizes.ValueDim + column] - read);

            float output = 0;
            for (int r = 0; r < sizes.KeyDim; r++)
            {
                float kept = empty ? 0 : views.States[from + (long)r * sizes.ValueDim] * Decay(sizes, views, decay, gates, r);
                float entry = kept + views.K[keys + r] * delta;
                views.States[to + (long)r * sizes.ValueDim] = entry;
                output += entry * views.Q[keys + r];
            }

            views.Output[heads * sizes.ValueDim + column] = output * sizes.Scale;
            from = to;
            empty = false;
        }
    }

    private static float Decay(ScanSizes sizes, ScanViews views, float decay, int gates, int row) =>
        sizes.Gates == 1 ? decay : views.Decay[gates + row];
}
