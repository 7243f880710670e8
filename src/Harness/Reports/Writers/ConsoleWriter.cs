using System.Globalization;
using Gdn.Harness.Findings;
using Gdn.Reference;
using Spectre.Console;

namespace Gdn.Harness.Reports.Writers;

/// <summary>The report for people, part by part as it comes about.</summary>
/// <param name="console">Where it goes; it does not break lines itself.</param>
/// <param name="width">Characters in a line.</param>
public sealed class ConsoleWriter(IAnsiConsole console, int width)
{
    // Clean rows are told one by one where there are no more.
    private const int FewRows = 3;

    // Whether a part was written, and whether the last line is blank.
    private bool _isBegun, _isBlank;

    // The number of the first finding of each group.
    private readonly Dictionary<string, int> _first = [];

    /// <summary>Whether clean rows, and what else only some readers want, are written too.</summary>
    public bool ShowsAll { get; set; }

    /// <summary>Says what is about to run, and how to run it again.</summary>
    public void WriteHead(string name, IReadOnlyList<string> head)
    {
        if (_isBegun) Blank();
        _isBegun = true;
        for (int i = 0; i < head.Count; i++) WriteLine(i == 0 ? $"{name}: {head[i]}" : head[i]);
    }

    /// <summary>Says what is not run, and why.</summary>
    public void Write(LeftOut leftOut) => WriteLine($"{leftOut.Part}: left out, {leftOut.Reason}");

    /// <summary>Writes the notes and tables of a part.</summary>
    public void WriteContent(Part part)
    {
        foreach (IPartContent content in part.Content)
        {
            if (content is Reports.Table table) Write(table);
            if (content is Note note && (ShowsAll || !note.IsDetail))
                Write(note.IsWarning ? "warning" : "", "yellow", $"{(note.IsWarning ? " " : "")}{note.Text}");
        }
    }

    /// <summary>Writes a finding: whole, or in short where one with the same cause was written before.</summary>
    /// <param name="number">Its number in the report, from 1.</param>
    /// <param name="finding">The finding.</param>
    public void Write(int number, Finding finding)
    {
        string head = string.Create(CultureInfo.InvariantCulture, $"{(finding.IsKnown ? "known " : "")}finding {number}");
        string colour = finding.IsKnown ? "yellow" : "red";
        if (!ShowsAll && FindingPattern.GroupOf(finding) is { } group && !_first.TryAdd(group, number))
        {
            string name = finding.Fingerprint ?? finding.Check;
            Write(head, colour, string.Create(CultureInfo.InvariantCulture, $" {name}: np {finding.Np}, {group} as in finding {_first[group]}"));
            if (FindingText.Replay(finding) is { } replay) WriteLine($"  replay: {replay}");
            return;
        }

        Write(head, colour, $" {finding.Summary}");
        foreach (string line in FindingText.Whole(finding).Skip(1)) WriteLine(line);
    }

    /// <summary>Writes what a report says in the end.</summary>
    public void WriteVerdict(Report report)
    {
        if (report.Parts.Count > 1) Write(report.Summary());
        foreach (KnownFinding known in report.NotSeen) WriteLine(FindingText.NotSeen(known));
        foreach (string line in FindingPattern.Lines(report.Findings)) WriteLine($"in common: {line}");
        // What was asked for was not finished; what is wrong is wrong all the same.
        string verdict = report is { IsInterrupted: true, Verdict: Verdict.Inconclusive } ? "INTERRUPTED" : Cell.TextOf(report.Verdict);
        Write("verdict:", "default", $" {verdict} ({report.Basis})", verdict, Colour(report.Verdict));
    }

    /// <summary>Writes a table; nothing where there is nothing to read.</summary>
    public void Write(Reports.Table table)
    {
        (Column Column, int Index)[] columns = [.. table.Shown];
        if (columns.Length == 0 || table.Rows.Count == 0) return;
        if (table.IsLine)
        {
            _isBlank = false;
            foreach (IReadOnlyList<Cell> row in table.Rows)
                console.MarkupLine(
                    $"{Escaped(table.Name)}: "
                    + string.Join(", ", columns.Select(c => $"{Escaped(c.Column.Heading)} {MarkupOf(row[c.Index])}")));
            return;
        }

        Blank();
        foreach (IReadOnlyList<(string Text, Verdict? Verdict)> line in new TableLayout(columns, RowsOf(table), width).Lines())
            console.MarkupLine(string.Concat(line.Select(piece => piece.Verdict is { } verdict
                ? $"[{Colour(verdict)}]{Escaped(piece.Text)}[/]"
                : Escaped(piece.Text))).TrimEnd());
        _isBlank = false;
        Blank();
    }

    // Of many rows, those that are clean are one.
    private IReadOnlyList<IReadOnlyList<Cell>> RowsOf(Reports.Table table)
    {
        if (ShowsAll || table.Pooling is not { } pooling) return table.Rows;
        ILookup<bool, int> rows = Enumerable.Range(0, table.Rows.Count)
            .ToLookup(i => table.Rows[i].Any(cell => cell.Value is Verdict.Clean));
        return rows[true].Count() <= FewRows ? table.Rows : [pooling([.. rows[true]]), .. rows[false].Select(i => table.Rows[i])];
    }

    /// <summary>Writes facts, each with its name before it.</summary>
    public void Write(IReadOnlyList<(string Name, string Text)> facts)
    {
        int names = facts.Max(fact => fact.Name.Length) + 2;
        foreach ((string name, string text) in facts)
        {
            IReadOnlyList<string> lines = TextLines.OfCell(OutsideText.OneLine(text), width - names);
            for (int i = 0; i < lines.Count; i++) console.WriteLine((i == 0 ? name : "").PadRight(names) + lines[i]);
        }
    }

    private void Blank()
    {
        if (!_isBlank) console.WriteLine();
        _isBlank = true;
    }

    /// <summary>Writes a line of text.</summary>
    public void WriteLine(string text)
    {
        _isBlank = false;
        foreach (string line in TextLines.Of(OutsideText.OneLine(text), width)) console.WriteLine(line);
    }

    // A line that begins with a word in colour, and has one more in the middle.
    private void Write(string head, string colour, string text, string? other = null, string otherColour = "default")
    {
        _isBlank = false;
        IReadOnlyList<string> lines = TextLines.Of(OutsideText.OneLine(head + text), width);
        for (int i = 0; i < lines.Count; i++)
        {
            string line = Markup.Escape(lines[i]);
            if (i == 0 && head.Length > 0) line = $"[{colour}]{head}[/]{line[head.Length..]}";
            if (i == 0 && other is not null) line = line.Replace($" {other} ", $" [{otherColour}]{other}[/] ", StringComparison.Ordinal);
            console.MarkupLine(line);
        }
    }

    private static string Escaped(string text) => Markup.Escape(OutsideText.OneLine(text));

    private static string MarkupOf(Cell cell) => cell.Value is Verdict verdict
        ? $"[{Colour(verdict)}]{Escaped(cell.Text)}[/]"
        : Escaped(cell.Text);

    private static string Colour(Verdict verdict) => verdict switch
    {
        Verdict.Clean => "green",
        Verdict.Dirty => "red",
        _ => "yellow",
    };
}
