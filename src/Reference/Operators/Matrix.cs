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
    public T[] Data => _data ?? LazyInitializer.EnsureInitialized(ref _data, Unpack);

    /// <summary>Row <paramref name="row"/>.</summary>
    public ReadOnlySpan<T> Row(int row) => Data.AsSpan(row * Columns, Columns);

    private T[] Unpack()
    {
        float[] values = Packed!.Unpack();
        return values as T[] ?? Array.ConvertAll(values, T.CreateChecked);
    }
}
