using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Gdn.Optimized.Cpu.Threading;
using Gdn.Reference.Gguf;
using Gdn.Reference.Operators;

namespace Gdn.Optimized.Cpu.Kernels;

/// <summary>
/// A projection, matrix times the rows of a batch, with its weights in the format in which they came. A token's result has
/// the same bits whatever else is in the batch, on any number of threads, and in any exact format of the same weights.
/// </summary>
public abstract class Projection
{
    // A panel of matrix rows, as floats, that a second-level cache holds beside the tokens it is multiplied with.
    private const int PanelLength = 1 << 16;

    // From this many tokens on it pays to lay a panel out anew. Rows are a vector longer there: at a distance that is a
    // power of two they would all contend for the same few places of a first-level cache.
    private const int ManyTokens = 10, RowPadding = 16;

    [ThreadStatic]
    private static float[]? ThreadPanel;

    private readonly int _panelRows;

    private protected Projection(int rows, int columns)
    {
        Rows = rows;
        Columns = columns;
        _panelRows = Math.Max(MatrixTiles.Rows, PanelLength / columns / MatrixTiles.Rows * MatrixTiles.Rows);
    }

    /// <summary>Outputs.</summary>
    public int Rows { get; }

    /// <summary>Inputs.</summary>
    public int Columns { get; }

    /// <summary>The projection by a matrix: Q8_0 blocks are kept, all else becomes floats.</summary>
    public static Projection Of(Matrix<float> weights) =>
        weights.Packed is QuantizedRows { Type: GgmlType.Q80 } blocks && Q80.AreFinite(blocks.Bytes.Span)
            ? new Q80Projection(weights.Rows, weights.Columns, blocks.Bytes)
            : new FloatProjection(weights);

    /// <summary><c>y = W x</c> for each token.</summary>
    /// <param name="x"><c>[T, Columns]</c>.</param>
    /// <param name="y">Receives <c>[T, Rows]</c>; must not overlap x.</param>
    /// <param name="workers">Threads.</param>
    /// <exception cref="ArgumentException">A length does not fit.</exception>
    public void Run(ReadOnlySpan<float> x, Span<float> y, Workers workers)
    {
        int tokens = x.Length / Columns;
        if (x.Length != tokens * Columns || y.Length != tokens * Rows)
            throw new ArgumentException($"x has {x.Length} and y {y.Length} elements for a matrix [{Rows}, {Columns}].");
        if (tokens == 0) return;
        workers.Run((Rows + _panelRows - 1) / _panelRows, new Panels(this, x, y, tokens));
    }

    /// <summary>Row <paramref name="row"/> of the matrix, as floats.</summary>
    /// <param name="values">Receives <c>[Columns]</c>.</param>
    public abstract void CopyRow(int row, Span<float> values);

    /// <summary>Some rows for few tokens, straight from the weights.</summary>
    /// <param name="row">First row.</param>
    /// <param name="count">How many.</param>
    /// <param name="x"><c>[tokens, Columns]</c>.</param>
    /// <param name="y">Where the first token's first product goes; the next token's by <see cref="Rows"/> further.</param>
    private protected abstract void RunFew(int row, int count, ref float x, int tokens, ref float y);

    private void RunMany(int row, int count, ref float x, int tokens, ref float y)
    {
        int stride = Columns + RowPadding;
        float[] panel = Panel(count * stride);
        for (int r = 0; r < count; r++) CopyRow(row + r, panel.AsSpan(r * stride, Columns));
        MatrixTiles.Run(
            ref MemoryMarshal.GetArrayDataReference(panel), stride, count, ref x, Columns, tokens, Columns, ref y, Rows);
    }

    // Each thread's own, as large as the largest that it has needed.
    private static float[] Panel(int length) =>
        ThreadPanel is { } panel && panel.Length >= length ? panel : ThreadPanel = new float[length];

    private readonly ref struct Panels(Projection linear, ReadOnlySpan<float> x, Span<float> y, int tokens) : IWork
    {
        private readonly ReadOnlySpan<float> _x = x;
        private readonly Span<float> _y = y;

        public void Run(int item)
        {
            int row = item * linear._panelRows, count = Math.Min(linear._panelRows, linear.Rows - row);
            ref float first = ref MemoryMarshal.GetReference(_x);
            ref float target = ref Unsafe.Add(ref MemoryMarshal.GetReference(_y), row);
            if (tokens < ManyTokens) linear.RunFew(row, count, ref first, tokens, ref target);
            else linear.RunMany(row, count, ref first, tokens, ref target);
        }
    }
}
