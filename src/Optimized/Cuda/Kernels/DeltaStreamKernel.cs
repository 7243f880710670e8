using System.Runtime.CompilerServices;
using Gdn.Optimized.Cuda.Kernels.Tiles;
using ILGPU;

namespace Gdn.Optimized.Cuda.Kernels;

/// <summary>
/// The gated delta rule for many tokens, with a gate per head, in place on rows of the pool: S stays in registers, and tokens
/// stream through shared memory, where <see cref="DeltaBlock"/> takes four at a time. While a group works on some tokens, its
/// threads hold the next ones in registers, so that nobody waits for device memory.
/// </summary>
public static class DeltaStreamKernel
{
    /// <summary>Rows of a thread's tile.</summary>
    public const int Rows = 16;

    /// <summary>Threads of a group, at most. They take a head's columns, or some of them.</summary>
    public const int MaxGroupSize = 128;

    // Tokens in shared memory at a time, at most.
    private const int MaxChunk = 16;

    private const int Room = 4 * CarriedQuads.Count * MaxGroupSize;

    /// <summary>With two columns in a thread: fewest steps for one sequence.</summary>
    public static void RunFew(ScanSizes sizes, ScanViews views) =>
        Groups<
            TilePair<TilePair<TileQuad<Columns2>, Columns2, Quad>, Columns2, KeyPair<Quad>>, Columns2, KeyPair<KeyPair<Quad>>>(
            sizes, views);

    /// <summary>With four columns in a thread: fewest instructions, where there are groups enough.</summary>
    public static void RunMany(ScanSizes sizes, ScanViews views) =>
        Groups<
            TilePair<TilePair<TileQuad<Columns4>, Columns4, Quad>, Columns4, KeyPair<Quad>>, Columns4, KeyPair<KeyPair<Quad>>>(
            sizes, views);

    /// <summary><see cref="RunFew"/> for <see cref="ScanSizes.Square"/>.</summary>
    public static void RunFewSquare(ScanSizes sizes, ScanViews views) => RunFew(sizes.Square, views);

    /// <summary><see cref="RunMany"/> for <see cref="ScanSizes.Square"/>.</summary>
    public static void RunManySquare(ScanSizes sizes, ScanViews views) => RunMany(sizes.Square, views);

    /// <summary>Groups that take a sequence.</summary>
    public static int GroupsOf(ScanSizes sizes, int columns) =>
        sizes.ValueHeads * (sizes.KeyDim / Rows) * (sizes.ValueDim / columns) / sizes.Threads;

    /// <summary>Whether it can.</summary>
    public static bool Fits(in ScanSizes sizes, int columns, int warpSize) =>
        sizes.Gates == 1 && (sizes.KeyDim is 64 or 128) && TilePlace.Fits(sizes, Rows, columns, sizes.Threads, warpSize)
        && sizes.Threads / (sizes.KeyDim / Rows) * columns % 4 == 0 && ChunkOf(sizes) % DeltaBlock.Tokens == 0
        && sizes.KeyDim / 4 <= warpSize;

    private static int ChunkOf(in ScanSizes sizes) =>
        IntrinsicMath.Min(MaxChunk, 4 * CarriedQuads.Count * sizes.Threads / sizes.KeyDim);

    private static void Groups<TTile, TColumns, TKeys>(ScanSizes sizes, ScanViews views)
        where TTile : struct, ITile<TTile, TColumns, TKeys>
        where TColumns : struct, IColumns<TColumns>
        where TKeys : struct, IKeys<TKeys>
    {
        int perSequence = GroupsOf(sizes, default(TColumns).Count);
        int s = Grid.IdxX / perSequence;
        PassSequence sequence = views.Sequences[s];
        // All threads of a group leave here, or none.
        if (sequence.ScanCount == 0) return;
        int thread = (Grid.IdxX - s * perSequence) * sizes.Threads + Group.IdxX;
        Scan<TTile, TColumns, TKeys>(sizes, views, sequence, TilePlace.Of(sizes, thread, Rows, default(TColumns).Count));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Scan<TTile, TColumns, TKeys>(ScanSizes sizes, ScanViews views, PassSequence sequence, TilePlace place)
        where TTile : struct, ITile<TTile, TColumns, TKeys>
        where TColumns : struct, IColumns<TColumns>
        where TKeys : struct, IKeys<TKeys>
    {
        int rows = place.RowStep * sizes.ValueDim, chunk = ChunkOf(sizes);
        var staged = new StagedTokens
        {
            Queries = SharedMemory.Allocate<float>(Room),
            Keys = SharedMemory.Allocate<float>(Room),
            Values = SharedMemory.Allocate<float>(Room),
            Decays = SharedMemory.Allocate<float>(MaxChunk),
            Strengths = SharedMemory.Allocate<float>(MaxChunk),
            Products = SharedMemory.Allocate<float>(MaxChunk * DeltaBlock.Tokens),
            Width = sizes.Threads / place.Lanes * default(TColumns).Count,
            Column = place.Column % (sizes.Threads / place.Lanes * default(TColumns).Count),
        };
        int key = sizes.KeyHeadOf(place.Head) * sizes.KeyDim;
        int value = place.Head * sizes.ValueDim + place.Column - staged.Column, valueHeads = sizes.ValueHeads * sizes.ValueDim;
        TTile state = default;
        if (sequence.DeltaSource >= 0)
            state = state.Load(place.Of(views.States, sizes, sequence.DeltaSource), 0, rows, sizes.ValueDim);

        int end = sequence.ScanStart + sequence.ScanCount;
        CarriedQuads q, k, v;
        float gate, strength;
        (q, k, v) = Load(sizes, views, staged, sequence.ScanStart, end, chunk, key, value);
        (gate, strength) = Gates(sizes, views, sequence.ScanStart, end, chunk, place.Head);
        for (int start = sequence.ScanStart; start < end; start += chunk)
        {
            // Until everybody is done with the tokens before.
            Group.Barrier();
            // Where their values were are now their outputs; each thread sends those that it then overwrites.
            if (start > sequence.ScanStart)
                CarriedQuads.Send(
                    staged.Values, views.Output, start - chunk, chunk, valueHeads, value, staged.Width, sizes.Threads,
                    sizes.Scale);
            q.Store(staged.Queries, sizes.Threads);
            k.Store(staged.Keys, sizes.Threads);
            v.Store(staged.Values, sizes.Threads);
            if (Group.IdxX < chunk)
            {
                staged.Decays[Group.IdxX] = sizes.Decay(gate);
                staged.Strengths[Group.IdxX] = strength;
            }

            Group.Barrier();
            // Beyond the end they are some that nobody needs, for a condition would wait for them here.
            (q, k, v) = Load(sizes, views, staged, start + chunk, end, chunk, key, value);
            (gate, strength) = Gates(sizes, views, start + chunk, end, chunk, place.Head);

            DeltaBlock.Multiply(sizes, staged, chunk);
            Group.Barrier();
            for (int t = 0, next; t < chunk && start + t < end; t = next)
            {
                next = DeltaBlock.EndOf(t, end - start, sequence.DeltaPlanes);
                state = DeltaBlock.Scan<TTile, TColumns, TKeys>(sizes, staged, place, state, t, next);
                int left = end - start - next;
                if (left < sequence.DeltaPlanes)
                    state.Store(
                        place.Of(views.States, sizes, views.Targets[sequence.DeltaTargets + left]), 0, rows, sizes.ValueDim);
            }
        }

        Group.Barrier();
        int rest = (sequence.ScanCount - 1) % chunk + 1;
        CarriedQuads.Send(
            staged.Values, views.Output, end - rest, rest, valueHeads, value, staged.Width, sizes.Threads, sizes.Scale);
    }

    // The thread's share of a chunk.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static (CarriedQuads Q, CarriedQuads K, CarriedQuads V) Load(
        ScanSizes sizes, ScanViews views, StagedTokens staged, int start, int end, int chunk, int key, int value)
    {
        int first = IntrinsicMath.Min(start, end - 1), last = end - 1 - first;
        long keys = (long)first * sizes.KeyStride + key, values = (long)first * sizes.ValueStride + value;
        return (
            CarriedQuads.Load(views.Q.SubView(keys), last, chunk, sizes.KeyStride, sizes.KeyDim, sizes.Threads),
            CarriedQuads.Load(views.K.SubView(keys), last, chunk, sizes.KeyStride, sizes.KeyDim, sizes.Threads),
            CarriedQuads.Load(views.V.SubView(values), last, chunk, sizes.ValueStride, staged.Width, sizes.Threads));
    }

    // Gate and strength of the thread's token of a chunk.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static (float Gate, float Strength) Gates(ScanSizes sizes, ScanViews views, int start, int end, int chunk, int head)
    {
        int entry = IntrinsicMath.Min(start + IntrinsicMath.Min(Group.IdxX, chunk), end - 1) * sizes.ValueHeads + head;
        return (views.Decay[entry], views.Beta[entry]);
    }
}
