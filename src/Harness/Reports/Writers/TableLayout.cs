namespace Gdn.Harness.Reports.Writers;

/// <summary>
/// How a table stands in lines of a width. Nothing is broken within a word or a number: headings take several lines, then sentences
/// do, then those stand under their rows, and at last columns are left out, which is said.
/// </summary>
internal sealed class TableLayout
{
    private const int Indent = 2, Gap = 2;

    // A sentence in a narrower column is no longer readable.
    private const int NarrowestSentence = 24;

    private sealed class Field(Column column, int index)
    {
        public Column Column => column;

        public int Index => index;

        public int Width { get; set; }

        public string[] Heading { get; } = column.Heading.Split(' ');

        public bool IsRight => column.Alignment == Alignment.Right;

        public bool IsSentence { get; set; }
    }

    private readonly IReadOnlyList<IReadOnlyList<Cell>> _rows;
    private readonly List<Field> _fields;
    private readonly List<Field> _below = [];
    private readonly List<Field> _leftOut = [];
    private readonly int _width;

    /// <summary>Lays a table out.</summary>
    /// <param name="columns">The columns that are shown, with their places in a row.</param>
    /// <param name="rows">The rows.</param>
    /// <param name="width">Characters in a line.</param>
    public TableLayout(IEnumerable<(Column Column, int Index)> columns, IReadOnlyList<IReadOnlyList<Cell>> rows, int width)
    {
        (_rows, _width) = (rows, width);
        _fields = [.. columns.Select(column => new Field(column.Column, column.Index))];
        foreach (Field field in _fields)
            field.IsSentence = !field.IsRight && field != _fields[0] && rows.Any(row => row[field.Index].Text.Contains(' '));
        Fit();
        WidenHeadings();
    }

    /// <summary>The lines, each as pieces of text; a piece that is a verdict says which.</summary>
    public IEnumerable<IReadOnlyList<(string Text, Verdict? Verdict)>> Lines()
    {
        return
        [
            .. Row([.. _fields.Select(field => TextLines.OfCell(field.Column.Heading, field.Width))], _ => null),
            Line(new string('─', Math.Min(Total, _width))),
            .. _rows.SelectMany(Row),
            .. _leftOut.Count == 0 ? [] : TextLines.Of(
                $"(no room for: {string.Join(", ", _leftOut.Select(field => field.Column.Heading))})", _width).Select(Line),
        ];
    }

    private static IReadOnlyList<(string Text, Verdict? Verdict)> Line(string text) => [(text, null)];

    private IEnumerable<IReadOnlyList<(string Text, Verdict? Verdict)>> Row(IReadOnlyList<Cell> row) =>
    [
        .. Row(
            [.. _fields.Select(field => TextLines.OfCell(row[field.Index].Text, field.Width))], field => row[field.Index].Value as Verdict?),
        .. _below.Where(field => row[field.Index].Text.Length > 0)
            .SelectMany(field => TextLines.Of(new string(' ', 2 * Indent) + Sentence(field, row), _width)).Select(Line),
    ];

    private int Total => Indent + _fields.Sum(shown => shown.Width) + Gap * Math.Max(_fields.Count - 1, 0);

    private string Sentence(Field field, IReadOnlyList<Cell> row) =>
        (_below.Count > 1 ? field.Column.Heading + ": " : "") + row[field.Index].Text;

    private void Fit()
    {
        foreach (Field field in _fields) field.Width = Math.Max(field.Column.Heading.Length, Longest(field));
        if (Total <= _width) return;
        foreach (Field field in _fields) field.Width = Math.Max(field.Heading.Max(word => word.Length), Longest(field));
        while (Total > _width)
        {
            Field[] sentences = [.. _fields.Where(field => field.IsSentence)], wide = [.. sentences.Where(field => field.Width > NarrowestSentence)];
            if (wide.Sum(field => field.Width - NarrowestSentence) >= Total - _width)
            {
                Narrow(wide);
                return;
            }

            if (sentences.Length > 0) Move(sentences.MaxBy(field => field.Width)!, _below);
            else if (_fields.FindLast(field => field != _fields[0] && !IsVerdict(field)) is { } last) Move(last, _leftOut);
            else return;
        }
    }

    // The widest sentence gives way first.
    private void Narrow(Field[] sentences)
    {
        while (Total > _width) sentences.MaxBy(field => field.Width)!.Width--;
        // A word that is longer than the column keeps its length.
        foreach (Field field in sentences)
            field.Width = Math.Max(field.Width, _rows.Max(row => row[field.Index].Text.Split(' ').Max(word => word.Length)));
    }

    private void Move(Field field, List<Field> to)
    {
        _fields.Remove(field);
        to.Insert(0, field);
    }

    // The highest headings take what is left.
    private void WidenHeadings()
    {
        int Lines(Field field) => TextLines.OfCell(field.Column.Heading, field.Width).Count;
        while (Total < _width && _fields.Where(field => Lines(field) > 1).MaxBy(Lines) is { } highest) highest.Width++;
    }

    private int Longest(Field field) => _rows.Count == 0 ? 0 : _rows.Max(row => row[field.Index].Text.Length);

    private bool IsVerdict(Field field) => _rows.Any(row => row[field.Index].Value is Verdict);

    private IEnumerable<IReadOnlyList<(string Text, Verdict? Verdict)>> Row(
        List<IReadOnlyList<string>> cells, Func<Field, Verdict?> verdict)
    {
        int height = cells.Max(lines => lines.Count);
        for (int line = 0; line < height; line++)
        {
            var pieces = new List<(string, Verdict?)>();
            for (int i = 0; i < _fields.Count; i++)
            {
                string text = line < cells[i].Count ? cells[i][line] : "";
                string blank = new(' ', Math.Max(_fields[i].Width - text.Length, 0));
                pieces.Add((new string(' ', i == 0 ? Indent : Gap) + (_fields[i].IsRight ? blank : ""), null));
                pieces.Add((text, verdict(_fields[i])));
                // Nothing stands at the end of a line that nobody sees.
                if (!_fields[i].IsRight && i < _fields.Count - 1) pieces.Add((blank, null));
            }

            yield return pieces;
        }
    }
}
