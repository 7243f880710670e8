namespace Gdn.Reference.Operators;

/// <summary>Packed rows of several matrices with equal columns, one after the other.</summary>
public sealed record StackedElements(IReadOnlyList<PackedElements> Parts) : PackedElements
{
    /// <inheritdoc/>
    public override T[] Unpack<T>() => [.. Parts.SelectMany(part => part.Unpack<T>())];

    /// <inheritdoc/>
    public override PackedElements TakeRows(int columns, IReadOnlyList<int> rows) =>
        throw new NotSupportedException("Rows are taken before they are stacked.");
}
