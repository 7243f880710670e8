using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Gdn.Optimized.Cpu.Kernels;

/// <summary>
/// A projection with its weights in Q8_0. One token multiplies the blocks as they are, which reads a quarter of the bytes;
/// for several a few rows at a time are dequantized, and shared. An element is exact either way, and so are the bits.
/// </summary>
internal sealed class Q80Linear(int rows, int columns, ReadOnlyMemory<byte> blocks) : Linear(rows, columns)
{
    // For few tokens the rows dequantized at a time fit a first-level cache; for many the panel is shared in the second.
    private const int FewTokens = 12, FewLength = 1 << 12;

    private readonly ReadOnlyMemory<byte> _blocks = blocks;
    private readonly int _rowBytes = Q80.BytesOf(columns);

    [ThreadStatic]
    private static float[]? s_expanded;

    /// <inheritdoc/>
    public override void CopyRow(int row, Span<float> values) =>
        Q80Tiles.Expand(ref Block(row), Columns, ref MemoryMarshal.GetReference(values[..Columns]));

    /// <inheritdoc/>
    private protected override void RunPanel(int row, int count, ref float x, int tokens, ref float y)
    {
        if (tokens == 1)
        {
            Q80Tiles.RunToken(ref Block(row), count, ref x, Columns, ref y);
            return;
        }

        int group = tokens > FewTokens
            ? count
            : Math.Max(MatrixTiles.Rows, FewLength / Columns / MatrixTiles.Rows * MatrixTiles.Rows);
        ref float expanded = ref MemoryMarshal.GetArrayDataReference(Expanded(Math.Min(group, count) * Columns));
        for (int first = 0; first < count; first += group)
        {
            int members = Math.Min(group, count - first);
            Q80Tiles.Expand(ref Block(row + first), members * Columns, ref expanded);
            MatrixTiles.Run(
                ref expanded, Columns, members, ref x, Columns, tokens, Columns, ref Unsafe.Add(ref y, first), Rows);
        }
    }

    private ref byte Block(int row) =>
        ref Unsafe.Add(ref MemoryMarshal.GetReference(_blocks.Span), (nint)row * _rowBytes);

    // Each thread's own, as large as the largest panel that it has seen.
    private static float[] Expanded(int length) =>
        s_expanded is { } buffer && buffer.Length >= length ? buffer : s_expanded = new float[length];
}
