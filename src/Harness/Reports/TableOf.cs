namespace Gdn.Harness.Reports;

/// <summary>
/// Describes a table of rows of one type: each column once, with its key, its title, how its value is taken from a row, and
/// how that is read. Every report format follows from that.
/// </summary>
/// <typeparam name="TRow">What a row is made from.</typeparam>
/// <param name="name">Name of the table.</param>
public sealed class TableOf<TRow>(string name)
{
    private readonly List<(Column Column, Func<TRow, Cell> CellOf)> _columns = [];
    private readonly Dictionary<string, Func<IReadOnlyList<TRow>, object?>> _pooled = [];

    /// <summary>Adds a column of words.</summary>
    /// <param name="key">Its key.</param>
    /// <param name="title">Its title.</param>
    /// <param name="value">The value of a row.</param>
    /// <param name="text">How people read it; null for the usual way.</param>
    public TableOf<TRow> Left(string key, string title, Func<TRow, object?> value, Func<TRow, string>? text = null) =>
        Add(new Column(key, title, Alignment.Left), value, text);

    /// <summary>Adds a column of numbers.</summary>
    /// <param name="key">Its key.</param>
    /// <param name="title">Its title.</param>
    /// <param name="value">The value of a row.</param>
    /// <param name="text">How people read it; null for the usual way.</param>
    /// <param name="unit">The unit of the values.</param>
    /// <param name="bound">The value above which it is wrong.</param>
    public TableOf<TRow> Right(
        string key, string title, Func<TRow, object?> value, Func<TRow, string>? text = null, string? unit = null, double? bound = null) =>
        Add(new Column(key, title, Alignment.Right, unit) { Bound = bound }, value, text);

    /// <summary>Adds a column that only machines are given.</summary>
    public TableOf<TRow> Data(string key, Func<TRow, object?> value, string? unit = null) =>
        Add(new Column(key, key, Alignment.Right, unit) { IsShown = false }, value, text: null);

    /// <summary>
    /// What the column added last says of several rows at once. Such tables may have one row in place of many; columns without it are
    /// then empty.
    /// </summary>
    public TableOf<TRow> Pooled(Func<IReadOnlyList<TRow>, object?> value)
    {
        _pooled.Add(_columns[^1].Column.Key, value);
        return this;
    }

    /// <summary>Makes the table.</summary>
    public Table Of(IEnumerable<TRow> rows)
    {
        TRow[] all = [.. rows];
        return new(
            name, [.. _columns.Select(column => column.Column)],
            [.. all.Select(row => (IReadOnlyList<Cell>)[.. _columns.Select(column => column.CellOf(row))])])
        {
            Pooling = _pooled.Count == 0 ? null : indices => Pool([.. indices.Select(i => all[i])]),
        };
    }

    private Cell[] Pool(TRow[] rows) =>
    [
        .. _columns.Select(column => _pooled.TryGetValue(column.Column.Key, out var value) ? Cell.Of(value(rows)) : Cell.Of(null)),
    ];

    private TableOf<TRow> Add(Column column, Func<TRow, object?> value, Func<TRow, string>? text)
    {
        if (_columns.Any(other => other.Column.Key == column.Key))
            throw new ArgumentException($"The table {name} has the column '{column.Key}' already.", nameof(column));
        _columns.Add((column, text is null ? row => Cell.Of(value(row)) : row => new Cell(value(row), text(row))));
        return this;
    }
}
