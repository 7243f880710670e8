using System.Runtime.CompilerServices;
using ILGPU;

namespace Gdn.Optimized.Cuda.Kernels;

/// <summary>
/// Which entries of a head's S a thread has in its registers. As many neighbouring lanes of a warp as it takes share columns; of
/// the rows they take quads in turn, so that what they read at a time lies side by side.
/// </summary>
public struct TilePlace
{
    /// <summary>The head.</summary>
    public int Head { readonly get; set; }

    /// <summary>The thread's first column.</summary>
    public int Column { readonly get; set; }

    /// <summary>Its number among the lanes that share the columns.</summary>
    public int Lane { readonly get; set; }

    /// <summary>How far apart in a warp those are.</summary>
    public int Distance { readonly get; set; }

    /// <summary>How many share them: a power of two.</summary>
    public int Lanes { readonly get; set; }

    /// <summary>The first row.</summary>
    public readonly int FirstRow => 4 * Lane;

    /// <summary>Rows from a quad of the thread's to its next.</summary>
    public readonly int RowStep => 4 * Lanes;

    /// <summary>The first entry, counted from the beginning of a sequence's state.</summary>
    public readonly long InState(ScanSizes sizes) => ((long)Head * sizes.KeyDim + FirstRow) * sizes.ValueDim + Column;

    /// <summary>A row of the pool from the thread's first entry on.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public readonly ArrayView<float> Of(ArrayView<float> states, ScanSizes sizes, int row) =>
        states.SubView(row * sizes.StateLength + InState(sizes));

    /// <summary>A thread's place in a state.</summary>
    /// <param name="sizes">The sizes.</param>
    /// <param name="thread">The thread, counted from the first of its sequence.</param>
    /// <param name="rows">Rows that a thread takes.</param>
    /// <param name="columns">Columns that a thread takes.</param>
    public static TilePlace Of(ScanSizes sizes, int thread, int rows, int columns)
    {
        int lanes = sizes.KeyDim / rows, perWarp = Warp.WarpSize / lanes, warp = thread / Warp.WarpSize;
        int inWarp = thread - warp * Warp.WarpSize, lane = inWarp / perWarp, inLane = inWarp - lane * perWarp;
        int group = warp * perWarp + inLane, perHead = sizes.ValueDim / columns, head = group / perHead;
        return new TilePlace
        {
            Head = head,
            Column = (group - head * perHead) * columns,
            Lane = lane,
            Distance = perWarp,
            Lanes = lanes,
        };
    }

    /// <summary>
    /// Whether a state divides into tiles of so many rows and columns, a head into whole groups of threads, and a warp has enough
    /// lanes.
    /// </summary>
    public static bool Fits(in ScanSizes sizes, int rows, int columns, int groupSize, int warpSize)
    {
        int lanes = sizes.KeyDim / rows;
        return sizes.KeyDim % rows == 0 && (lanes is 1 or 2 or 4 or 8) && lanes <= warpSize && sizes.ValueDim % columns == 0
            && sizes.ValueDim / columns * lanes % groupSize == 0 && sizes.KeyStride % 4 == 0 && sizes.ValueStride % 4 == 0;
    }
}
