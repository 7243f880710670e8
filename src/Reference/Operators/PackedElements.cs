using System.Numerics;

namespace Gdn.Reference.Operators;

/// <summary>Elements of a <see cref="Matrix{T}"/> in a compact form, such as quantized blocks.</summary>
public abstract record PackedElements
{
    /// <summary>All elements, row after row.</summary>
    public abstract T[] Unpack<T>() where T : IFloatingPointIeee754<T>;

    /// <summary>The same form of some rows.</summary>
    /// <param name="columns">Elements of a row.</param>
    /// <param name="rows">Which rows, in their new order.</param>
    public abstract PackedElements TakeRows(int columns, IReadOnlyList<int> rows);
}
