using System.Numerics;

namespace Gdn.Reference.Operators;

/// <summary>A dense matrix, row after row.</summary>
public sealed class Matrix<T> where T : IFloatingPointIeee754<T>
{
    private T[]? _data;

    /// <summary>Makes a matrix of these elements.</summary>
    /// <param name="rows">Outputs.</param>
    /// <param name="columns">Inputs; contiguous.</param>
    /// <param name="data"><c>[rows, columns]</c>; not copied.</param>
    public Matrix(int rows, int columns, T[] data)
    {
        Rows = rows;
        Columns = columns;
        _data = data;
    }

    /// <summary>Makes a matrix that stays packed until its elements are needed.</summary>
    public Matrix(int rows, int columns, PackedElements packed)
    {
        Rows = rows;
        Columns = columns;
        Packed = packed;
    }

    /// <summary>Outputs.</summary>
    public int Rows { get; }

    /// <summary>Inputs.</summary>
    public int Columns { get; }

    /// <summary>What the elements come from; null where they were given as they are.</summary>
    public PackedElements? Packed { get; }

    /// <summary><c>[Rows, Columns]</c>, unpacked.</summary>
    public T[] Data => _data ?? LazyInitializer.EnsureInitialized(ref _data, Packed!.Unpack<T>);

    /// <summary>Row <paramref name="row"/>.</summary>
    public ReadOnlySpan<T> Row(int row) => Data.AsSpan(row * Columns, Columns);

    /// <summary>A matrix of some of the rows, in that order; packed if this one is.</summary>
    public Matrix<T> TakeRows(IReadOnlyList<int> rows)
    {
        if (Packed is not null) return new Matrix<T>(rows.Count, Columns, Packed.TakeRows(Columns, rows));
        var data = new T[rows.Count * Columns];
        for (int i = 0; i < rows.Count; i++) Row(rows[i]).CopyTo(data.AsSpan(i * Columns));
        return new Matrix<T>(rows.Count, Columns, data);
    }
}
