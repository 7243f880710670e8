using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Gdn.Optimized.Cpu.Kernels;

/// <summary>
/// A projection with its weights in Q8_0: few tokens multiply the blocks as they are, which reads a quarter of the bytes.
/// An element is exact in a float, and so the bits are those of the dequantized matrix.
/// </summary>
internal sealed class Q80Projection(int rows, int columns, ReadOnlyMemory<byte> blocks) : Projection(rows, columns)
{
    private readonly ReadOnlyMemory<byte> _blocks = blocks;
    private readonly int _rowBytes = Q80.BytesOf(columns);

    /// <inheritdoc/>
    public override void CopyRow(int row, Span<float> values) =>
        Q80Tiles.Expand(ref Block(row), Columns, ref MemoryMarshal.GetReference(values[..Columns]));

    /// <inheritdoc/>
    private protected override void RunFew(int row, int count, ref float x, int tokens, ref float y) =>
        Q80Tiles.Run(ref Block(row), count, ref x, tokens, Columns, ref y, Rows);

    private ref byte Block(int row) =>
        ref Unsafe.Add(ref MemoryMarshal.GetReference(_blocks.Span), (nint)row * _rowBytes);
}
