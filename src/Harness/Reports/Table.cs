namespace Gdn.Harness.Reports;

/// <summary>Rows of values under columns.</summary>
/// <param name="Name">What its rows are about; the same for all tables with the same columns.</param>
/// <param name="Columns">The columns; no two have the same key.</param>
/// <param name="Rows">The cells of each row, one for each column.</param>
public sealed record Table(string Name, IReadOnlyList<Column> Columns, IReadOnlyList<IReadOnlyList<Cell>> Rows) : IPartContent
{
    /// <summary>Whether a table of one row reads better as a line.</summary>
    public bool IsLine { get; init; }

    /// <summary>The cells of one row in place of several, given their indices; null for a table whose rows stand for themselves.</summary>
    public Func<IReadOnlyList<int>, IReadOnlyList<Cell>>? Pooling { get; init; }

    /// <summary>The columns that people are shown, with their places in a row.</summary>
    public IEnumerable<(Column Column, int Index)> Shown =>
        Columns.Select((column, i) => (column, i)).Where(pair => pair.column.IsShown);

    /// <summary>A table of only these columns, in this order, all of them shown.</summary>
    /// <exception cref="ArgumentException">There is no such column.</exception>
    public Table Only(params IReadOnlyList<string> keys)
    {
        int[] indices = [.. keys.Select(IndexOf)];
        return this with
        {
            Pooling = null,
            Columns = [.. indices.Select(i => Columns[i] with { IsShown = true })],
            Rows = [.. Rows.Select(row => (IReadOnlyList<Cell>)[.. indices.Select(i => row[i])])],
        };
    }

    private int IndexOf(string key)
    {
        for (int i = 0; i < Columns.Count; i++)
            if (Columns[i].Key == key) return i;
        throw new ArgumentException($"The table {Name} has no column '{key}'.", nameof(key));
    }
}
