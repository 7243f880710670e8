using System.Runtime.CompilerServices;
using Gdn.Optimized.Cuda.Kernels.Tiles;
using ILGPU;

namespace Gdn.Optimized.Cuda.Kernels;

/// <summary>
/// The gated delta rule for few tokens of each sequence, in place on rows of the pool: S is read once into registers and written
/// once per plane, by loads and stores of four columns, so what it takes is the traffic of states.
/// </summary>
public static class DeltaTileKernel
{
    /// <summary>Rows and columns of a thread's tile.</summary>
    public const int Rows = 32, Columns = 4;

    /// <summary>Threads that take a sequence.</summary>
    public static int ThreadsOf(ScanSizes sizes) => sizes.ValueHeads * (sizes.KeyDim / Rows) * (sizes.ValueDim / Columns);

    /// <summary>Whether it can: shapes that divide into tiles, a head into warps.</summary>
    public static bool Fits(in ScanSizes sizes, int warpSize) => TilePlace.Fits(sizes, Rows, Columns, warpSize, warpSize);

    /// <summary>A thread takes tiles of heads of sequences; a warp has whole columns.</summary>
    public static void Run(ScanSizes sizes, ScanViews views) =>
        Sequences<
            TilePair<
                TilePair<TilePair<TileQuad<Columns4>, Columns4, Quad>, Columns4, KeyPair<Quad>>, Columns4, KeyPair<KeyPair<Quad>>>,
            KeyPair<KeyPair<KeyPair<Quad>>>>(sizes, views);

    private static void Sequences<TTile, TKeys>(ScanSizes sizes, ScanViews views)
        where TTile : struct, ITile<TTile, Columns4, TKeys>
        where TKeys : struct, IKeys<TKeys>
    {
        int perSequence = ThreadsOf(sizes);
        for (int i = Grid.GlobalIndex.X; i < views.Sequences.IntLength * perSequence; i += Grid.DimX * Group.DimX)
        {
            int s = i / perSequence;
            PassSequence sequence = views.Sequences[s];
            if (sequence.ScanCount > 0)
                Scan<TTile, TKeys>(sizes, views, sequence, TilePlace.Of(sizes, i - s * perSequence, Rows, Columns));
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Scan<TTile, TKeys>(ScanSizes sizes, ScanViews views, PassSequence sequence, TilePlace place)
        where TTile : struct, ITile<TTile, Columns4, TKeys>
        where TKeys : struct, IKeys<TKeys>
    {
        TTile state = default;
        if (sequence.DeltaSource >= 0)
            state = state.Load(
                views.States, sequence.DeltaSource * sizes.StateLength + place.InState(sizes), place.RowStep * sizes.ValueDim,
                sizes.ValueDim);
        int key = sizes.KeyHeadOf(place.Head) * sizes.KeyDim + place.FirstRow, value = place.Head * sizes.ValueDim + place.Column;
        for (int t = 0; t < sequence.ScanCount; t++)
        {
            int token = sequence.ScanStart + t, heads = token * sizes.ValueHeads + place.Head;
            TKeys k = default(TKeys).Load(views.K, token * sizes.KeyStride + key, place.RowStep);
            TKeys q = default(TKeys).Load(views.Q, token * sizes.KeyStride + key, place.RowStep);
            float kept = 1;
            if (sizes.Gates == 1) kept = sizes.Decay(views.Decay[heads]);
            else state = state.Times(default(TKeys).Load(views.Decay, (long)heads * sizes.Gates + place.FirstRow, place.RowStep));

            Columns4 read = Sum(state.ReadOnto(k, default).Scaled(kept), place.Lanes);
            Columns4 v = default(Columns4).Load(views.V, token * sizes.ValueStride + value);
            state = state.Updated(kept, k, v.Plus(read, -1).Scaled(views.Beta[heads]));

            Columns4 output = Sum(state.ReadOnto(q, default), place.Lanes).Scaled(sizes.Scale);
            if (place.Lane == 0) output.Store(views.Output, token * sizes.ValueHeads * sizes.ValueDim + value);
            int left = sequence.ScanCount - 1 - t;
            if (left < sequence.DeltaPlanes)
                state.Store(
                    views.States, views.Targets[sequence.DeltaTargets + left] * sizes.StateLength + place.InState(sizes),
                    place.RowStep * sizes.ValueDim, sizes.ValueDim);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Columns4 Sum(Columns4 columns, int lanes)
    {
        if (lanes > 1) columns = columns.Plus(columns.OfLane(1), 1);
        if (lanes > 2) columns = columns.Plus(columns.OfLane(2), 1);
        if (lanes > 4) columns = columns.Plus(columns.OfLane(4), 1);
        return columns;
    }
}
