namespace Gdn.Harness.Reports;

/// <summary>On which side the cells of a column are aligned.</summary>
public enum Alignment
{
    /// <summary>Words.</summary>
    Left,

    /// <summary>Numbers.</summary>
    Right,
}

/// <summary>A column of a table.</summary>
/// <param name="Key">The field's word for it, in camel case: the name of the value wherever machines read it.</param>
/// <param name="Title">What people read.</param>
/// <param name="Alignment">Alignment of its cells.</param>
/// <param name="Unit">Unit of its values; null where they have none.</param>
public sealed record Column(string Key, string Title, Alignment Alignment, string? Unit = null)
{
    /// <summary>Whether people are shown the column; otherwise it is for machines only.</summary>
    public bool IsShown { get; init; } = true;

    /// <summary>Values above this are wrong; null for a column without a limit.</summary>
    public double? Bound { get; init; }

    /// <summary>Title and unit.</summary>
    public string Heading => Unit is null ? Title : $"{Title} {Unit}";
}
