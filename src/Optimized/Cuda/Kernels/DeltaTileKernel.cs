using System.Runtime.CompilerServices;
using Gdn.Optimized.Cuda.Kernels.Tiles;
using ILGPU;

namespace Gdn.Optimized.Cuda.Kernels;

/// <summary>
/// The gated delta rule for few tokens of each sequence, in place on rows of the pool. A group takes a head: S is read once into
/// registers and written once per plane, row after row as it lies in memory, so what it takes is the traffic of states.
/// </summary>
public static class DeltaTileKernel
{
    /// <summary>Rows and columns of a thread's tile.</summary>
    public const int Rows = 16, Columns = 4;

    /// <summary>Threads of a group, at most: as many as have enough registers.</summary>
    public const int MaxThreads = 256;

    // A sum of each column for every thread that has some of its rows.
    private const int Room = MaxThreads * Columns;

    /// <summary>Threads of a group: those of a row, then those of the rows below.</summary>
    public static int ThreadsOf(in ScanSizes sizes) => sizes.KeyDim / Rows * (sizes.ValueDim / Columns);

    /// <summary>Whether it can: heads that divide into tiles, and make up whole warps of at most so many threads.</summary>
    public static bool Fits(in ScanSizes sizes, int warpSize, int maxThreads) =>
        sizes.KeyDim % Rows == 0 && sizes.ValueDim % Columns == 0 && ThreadsOf(sizes) % warpSize == 0
        && ThreadsOf(sizes) <= IntrinsicMath.Min(MaxThreads, maxThreads)
        && sizes.KeyStride % 4 == 0 && sizes.ValueStride % 4 == 0;

    /// <summary>With a gate per head. A group takes a head of a sequence.</summary>
    public static void Run(ScanSizes sizes, ScanViews views) => Heads(sizes with { Gates = 1 }, views);

    /// <summary>With a gate per key channel. A group takes a head of a sequence.</summary>
    public static void RunChannels(ScanSizes sizes, ScanViews views) => Heads(sizes with { Gates = sizes.KeyDim }, views);

    /// <summary><see cref="Run"/> for <see cref="ScanSizes.Square"/>.</summary>
    public static void RunSquare(ScanSizes sizes, ScanViews views) => Run(sizes.Square, views);

    /// <summary><see cref="RunChannels"/> for <see cref="ScanSizes.Square"/>.</summary>
    public static void RunChannelsSquare(ScanSizes sizes, ScanViews views) => RunChannels(sizes.Square, views);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Heads(ScanSizes sizes, ScanViews views)
    {
        int s = Grid.IdxX / sizes.ValueHeads;
        PassSequence sequence = views.Sequences[s];
        // All threads of a group, or none.
        if (sequence.ScanCount > 0)
            Scan<
                TilePair<TilePair<TileQuad<Columns4>, Columns4, Quad>, Columns4, KeyPair<Quad>>, KeyPair<KeyPair<Quad>>>(
                sizes, views, sequence, Grid.IdxX - s * sizes.ValueHeads);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Scan<TTile, TKeys>(ScanSizes sizes, ScanViews views, PassSequence sequence, int head)
        where TTile : struct, ITile<TTile, Columns4, TKeys>
        where TKeys : struct, IKeys<TKeys>
    {
        // Two, so that nobody writes sums that somebody still reads.
        ArrayView<float> reads = SharedMemory.Allocate<float>(Room), outputs = SharedMemory.Allocate<float>(Room);
        int perRow = sizes.ValueDim / Columns, parts = sizes.KeyDim / Rows, part = Group.IdxX / perRow;
        int column = Columns * (Group.IdxX - part * perRow), firstRow = part * Rows, step = 4 * sizes.ValueDim;
        long inState = ((long)head * sizes.KeyDim + firstRow) * sizes.ValueDim + column;
        int key = sizes.KeyHeadOf(head) * sizes.KeyDim + firstRow, value = head * sizes.ValueDim + column;

        TTile state = default;
        if (sequence.DeltaSource >= 0)
            state = state.Load(views.States.SubView(sequence.DeltaSource * sizes.StateLength + inState), 0, step, sizes.ValueDim);
        for (int t = 0; t < sequence.ScanCount; t++)
        {
            int token = sequence.ScanStart + t, heads = token * sizes.ValueHeads + head;
            TKeys k = default(TKeys).Load(views.K.SubView((long)token * sizes.KeyStride + key), 0, 4);
            TKeys q = default(TKeys).Load(views.Q.SubView((long)token * sizes.KeyStride + key), 0, 4);
            Columns4 v = default(Columns4).Load(views.V.SubView((long)token * sizes.ValueStride + value), 0);
            if (sizes.Gates == 1) state = state.Scaled(sizes.Decay(views.Decay[heads]));
            else state = state.Times(default(TKeys).Load(views.Decay.SubView((long)heads * sizes.Gates + firstRow), 0, 4));

            state.Read(k).Store(reads, part * sizes.ValueDim + column);
            Group.Barrier();
            state = state.Plus(k, v.Plus(Sum(reads, column, parts, sizes.ValueDim), -1).Scaled(views.Beta[heads]));
            state.Read(q).Store(outputs, part * sizes.ValueDim + column);
            Group.Barrier();
            if (part == 0)
                Sum(outputs, column, parts, sizes.ValueDim).Scaled(sizes.Scale)
                    .Store(views.Output.SubView((long)token * sizes.ValueHeads * sizes.ValueDim + value), 0);
            int left = sequence.ScanCount - 1 - t;
            if (left < sequence.DeltaPlanes)
                state.Store(
                    views.States.SubView(views.Targets[sequence.DeltaTargets + left] * sizes.StateLength + inState), 0, step,
                    sizes.ValueDim);
        }
    }

    // Columns over all parts of a head's rows.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Columns4 Sum(ArrayView<float> sums, int column, int parts, int stride)
    {
        Columns4 sum = default;
        for (int part = 0; part < parts; part++) sum = sum.Plus(default(Columns4).Load(sums, part * stride + column), 1);
        return sum;
    }
}
