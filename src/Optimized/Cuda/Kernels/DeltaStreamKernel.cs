using System.Runtime.CompilerServices;
using Gdn.Optimized.Cuda.Kernels.Tiles;
using ILGPU;

namespace Gdn.Optimized.Cuda.Kernels;

/// <summary>
/// The gated delta rule for many tokens, with a gate per head, in place on rows of the pool: S stays in registers, and tokens
/// stream through shared memory. While a group works on some tokens, its threads hold the next ones in registers, so that the
/// step from token to token, which nothing can be done about, does not wait for memory.
/// </summary>
public static class DeltaStreamKernel
{
    /// <summary>Rows of a thread's tile.</summary>
    public const int Rows = 16;

    /// <summary>Threads of a group, at most. They take a head's columns, or some of them.</summary>
    public const int MaxGroupSize = 128;

    // Tokens in shared memory at a time, at most; and quads of each operand of theirs that a thread carries there.
    private const int MaxChunk = 16, Quads = 4;

    private const int Room = 4 * Quads * MaxGroupSize;

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

    /// <summary>Groups that take a sequence.</summary>
    public static int GroupsOf(ScanSizes sizes, int columns, int groupSize) =>
        sizes.ValueHeads * (sizes.KeyDim / Rows) * (sizes.ValueDim / columns) / groupSize;

    /// <summary>Whether it can.</summary>
    public static bool Fits(in ScanSizes sizes, int columns, int groupSize, int warpSize) =>
        sizes.Gates == 1 && (sizes.KeyDim is 64 or 128) && TilePlace.Fits(sizes, Rows, columns, groupSize, warpSize)
        && groupSize / (sizes.KeyDim / Rows) * columns % 4 == 0;

    private static void Groups<TTile, TColumns, TKeys>(ScanSizes sizes, ScanViews views)
        where TTile : struct, ITile<TTile, TColumns, TKeys>
        where TColumns : struct, IColumns<TColumns>
        where TKeys : struct, IKeys<TKeys>
    {
        int perSequence = GroupsOf(sizes, default(TColumns).Count, Group.DimX);
        int s = Grid.IdxX / perSequence;
        PassSequence sequence = views.Sequences[s];
        // All threads of a group leave here, or none.
        if (sequence.ScanCount == 0) return;
        int thread = (Grid.IdxX - s * perSequence) * Group.DimX + Group.IdxX;
        Scan<TTile, TColumns, TKeys>(sizes, views, sequence, TilePlace.Of(sizes, thread, Rows, default(TColumns).Count));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Scan<TTile, TColumns, TKeys>(ScanSizes sizes, ScanViews views, PassSequence sequence, TilePlace place)
        where TTile : struct, ITile<TTile, TColumns, TKeys>
        where TColumns : struct, IColumns<TColumns>
        where TKeys : struct, IKeys<TKeys>
    {
        ArrayView<float> queries = SharedMemory.Allocate<float>(Room), keys = SharedMemory.Allocate<float>(Room);
        ArrayView<float> values = SharedMemory.Allocate<float>(Room), decays = SharedMemory.Allocate<float>(MaxChunk);
        ArrayView<float> strengths = SharedMemory.Allocate<float>(MaxChunk);

        int rows = place.RowStep * sizes.ValueDim, width = Group.DimX / place.Lanes * default(TColumns).Count;
        int chunk = IntrinsicMath.Min(MaxChunk, 4 * Quads * Group.DimX / sizes.KeyDim);
        int key = sizes.KeyHeadOf(place.Head) * sizes.KeyDim, value = place.Head * sizes.ValueDim + place.Column;
        // The group's first column, and the thread's among the group's.
        int inGroup = Group.IdxX / place.Lanes * default(TColumns).Count, groupValue = value - inGroup;
        TTile state = default;
        if (sequence.DeltaSource >= 0)
            state = state.Load(
                views.States, sequence.DeltaSource * sizes.StateLength + place.InState(sizes), rows, sizes.ValueDim);

        TColumns unsent = default;
        Carried q = default, k = default, v = default;
        float decay = 0, strength = 0;
        for (int first = 0; first < sequence.ScanCount; first += chunk)
        {
            int start = sequence.ScanStart + first, last = sequence.ScanCount - 1 - first;
            if (first == 0)
            {
                q = Carried.Load(views.Q, start, last, chunk, sizes.KeyStride, key, sizes.KeyDim);
                k = Carried.Load(views.K, start, last, chunk, sizes.KeyStride, key, sizes.KeyDim);
                v = Carried.Load(views.V, start, last, chunk, sizes.ValueStride, groupValue, width);
                (decay, strength) = Gates(sizes, views, start, last, chunk, place.Head);
            }

            // Until everybody is done with the tokens before.
            Group.Barrier();
            q.Store(queries);
            k.Store(keys);
            v.Store(values);
            if (Group.IdxX < chunk)
            {
                decays[Group.IdxX] = decay;
                strengths[Group.IdxX] = strength;
            }

            Group.Barrier();
            if (last >= chunk)
            {
                q = Carried.Load(views.Q, start + chunk, last - chunk, chunk, sizes.KeyStride, key, sizes.KeyDim);
                k = Carried.Load(views.K, start + chunk, last - chunk, chunk, sizes.KeyStride, key, sizes.KeyDim);
                v = Carried.Load(views.V, start + chunk, last - chunk, chunk, sizes.ValueStride, groupValue, width);
                (decay, strength) = Gates(sizes, views, start + chunk, last - chunk, chunk, place.Head);
            }

            for (int t = 0; t < chunk && t <= last; t++)
            {
                TKeys entries = default(TKeys).Load(keys, t * sizes.KeyDim + place.FirstRow, place.RowStep);
                TKeys asked = default(TKeys).Load(queries, t * sizes.KeyDim + place.FirstRow, place.RowStep);
                float kept = decays[t];
                TColumns read = state.ReadOnto(entries, default).Scaled(kept);
                // What the token before reads out is added up along with this, so that the lanes wait once.
                if (place.Lanes > 1) (read, unsent) = (read.Plus(read.OfLane(1), 1), unsent.Plus(unsent.OfLane(1), 1));
                if (place.Lanes > 2) (read, unsent) = (read.Plus(read.OfLane(2), 1), unsent.Plus(unsent.OfLane(2), 1));
                if (place.Lanes > 4) (read, unsent) = (read.Plus(read.OfLane(4), 1), unsent.Plus(unsent.OfLane(4), 1));

                if (first + t > 0 && place.Lane == 0) Send(sizes, views, start + t - 1, value, unsent);
                TColumns delta = default(TColumns).Load(values, t * width + inGroup).Plus(read, -1).Scaled(strengths[t]);
                state = state.Updated(kept, entries, delta);
                unsent = state.ReadOnto(asked, default);
                int left = last - t;
                if (left < sequence.DeltaPlanes)
                    state.Store(
                        views.States, views.Targets[sequence.DeltaTargets + left] * sizes.StateLength + place.InState(sizes), rows,
                        sizes.ValueDim);
            }
        }

        for (int distance = 1; distance < place.Lanes; distance *= 2) unsent = unsent.Plus(unsent.OfLane(distance), 1);
        if (place.Lane == 0) Send(sizes, views, sequence.ScanStart + sequence.ScanCount - 1, value, unsent);
    }

    // Decay and strength of the thread's token of a chunk.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static (float Decay, float Strength) Gates(ScanSizes sizes, ScanViews views, int start, int last, int chunk, int head)
    {
        int entry = (start + IntrinsicMath.Min(Group.IdxX, last)) * sizes.ValueHeads + head;
        return Group.IdxX < chunk ? (sizes.Decay(views.Decay[entry]), views.Beta[entry]) : (0, 0);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Send<TColumns>(ScanSizes sizes, ScanViews views, int token, int value, TColumns output)
        where TColumns : struct, IColumns<TColumns> =>
        output.Scaled(sizes.Scale).Store(views.Output, token * sizes.ValueHeads * sizes.ValueDim + value);

    /// <summary>What a thread carries of an operand of a chunk, from device memory to shared memory.</summary>
    private struct Carried
    {
        private Quad _a, _b, _c, _d;

        /// <summary>The thread's quads, of tokens up to the last. Beyond it they are the last one's, which nobody reads.</summary>
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static Carried Load(ArrayView<float> view, int start, int last, int chunk, int stride, int offset, int width)
        {
            Carried carried = default;
            carried._a = At(view, start, last, chunk, stride, offset, width, 0);
            carried._b = At(view, start, last, chunk, stride, offset, width, 1);
            carried._c = At(view, start, last, chunk, stride, offset, width, 2);
            carried._d = At(view, start, last, chunk, stride, offset, width, 3);
            return carried;
        }

        /// <summary>Puts them where the chunk's tokens lie side by side.</summary>
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public readonly void Store(ArrayView<float> shared)
        {
            _a.Store(shared, 4 * Group.IdxX);
            _b.Store(shared, 4 * (Group.IdxX + Group.DimX));
            _c.Store(shared, 4 * (Group.IdxX + 2 * Group.DimX));
            _d.Store(shared, 4 * (Group.IdxX + 3 * Group.DimX));
        }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        private static Quad At(ArrayView<float> view, int start, int last, int chunk, int stride, int offset, int width, int number)
        {
            int entry = 4 * (Group.IdxX + number * Group.DimX), token = entry / width, inToken = entry - token * width;
            Quad quad = default;
            if (token < chunk) quad = quad.Load(view, (long)(start + IntrinsicMath.Min(token, last)) * stride + offset + inToken, 4);
            return quad;
        }
    }
}
