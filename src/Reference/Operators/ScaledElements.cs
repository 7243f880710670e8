namespace Gdn.Reference.Operators;

/// <summary>Packed elements that are all multiplied by one number, in the precision in which they are wanted.</summary>
/// <param name="Elements">The elements.</param>
/// <param name="Scale">The number.</param>
public sealed record ScaledElements(PackedElements Elements, float Scale) : PackedElements
{
    /// <inheritdoc/>
    public override T[] Unpack<T>()
    {
        T[] values = Elements.Unpack<T>();
        foreach (ref T value in values.AsSpan()) value *= T.CreateChecked(Scale);
        return values;
    }

    /// <inheritdoc/>
    public override PackedElements TakeRows(int columns, IReadOnlyList<int> rows) =>
        this with { Elements = Elements.TakeRows(columns, rows) };
}
