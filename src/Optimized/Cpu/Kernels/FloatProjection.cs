using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Gdn.Reference.Operators;

namespace Gdn.Optimized.Cpu.Kernels;

/// <summary>A projection with its weights in single precision.</summary>
internal sealed class FloatProjection(Matrix<float> weights) : Projection(weights.Rows, weights.Columns)
{
    private readonly float[] _weights = weights.Data;

    /// <inheritdoc/>
    public override void CopyRow(int row, Span<float> values) => _weights.AsSpan(row * Columns, Columns).CopyTo(values);

    /// <inheritdoc/>
    private protected override void RunFew(int row, int count, ref float x, int tokens, ref float y) =>
        MatrixTiles.Run(
            ref Unsafe.Add(ref MemoryMarshal.GetArrayDataReference(_weights), (nint)row * Columns), Columns, count,
            ref x, Columns, tokens, Columns, ref y, Rows);
}
