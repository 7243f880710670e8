using System.Numerics;

namespace Gdn.Reference.Operators;

/// <summary>A dense matrix, row after row.</summary>
/// <param name="Rows">Outputs.</param>
/// <param name="Columns">Inputs; contiguous.</param>
/// <param name="Data"><c>[Rows, Columns]</c>.</param>
public sealed record Matrix<T>(int Rows, int Columns, T[] Data) where T : IFloatingPointIeee754<T>
{
    /// <summary>Row <paramref name="row"/>.</summary>
    public ReadOnlySpan<T> Row(int row) => Data.AsSpan(row * Columns, Columns);
}
