using System.Globalization;
using Gdn.Harness.Findings;
using Gdn.Reference;
using Spectre.Console;

namespace Gdn.Harness.Reports.Writers;

/// <summary>The report for people, part by part as it comes about.</summary>
/// <param name="console">Where it goes.</param>
public sealed class ConsoleWriter(IAnsiConsole console)
{
    /// <summary>Says what is about to run, and how to run it again.</summary>
    public void WriteHead(string name, IReadOnlyList<string> head)
    {
        for (int i = 0; i < head.Count; i++) WriteLine(i == 0 ? $"{name}: {head[i]}" : head[i]);
    }

    /// <summary>Says what is not run, and why.</summary>
    public void Write(LeftOut leftOut) => WriteLine($"{leftOut.Part}: left out, {leftOut.Reason}");

    /// <summary>Writes the notes and tables of a part.</summary>
    public void WriteContent(Part part)
    {
        foreach (IPartContent content in part.Content)
        {
            if (content is Table table) Write(table);
            if (content is Note note)
                console.MarkupLine((note.IsWarning ? "[yellow]warning[/] " : "") + Escaped(note.Text));
        }
    }

    /// <summary>Writes a finding.</summary>
    /// <param name="number">Its number in the report, from 1.</param>
    /// <param name="finding">The finding.</param>
    public void Write(int number, Finding finding)
    {
        string head = finding.IsKnown ? "[yellow]known finding {0}[/]" : "[red]finding {0}[/]";
        console.MarkupLine(string.Format(CultureInfo.InvariantCulture, head, number) + $" {Escaped(finding.Summary)}");
        foreach (string line in FindingText.Whole(finding).Skip(1)) WriteLine(line);
    }

    /// <summary>Writes what a report says in the end.</summary>
    public void WriteVerdict(Report report)
    {
        if (report.Parts.Count > 1) Write(report.Summary());
        foreach (KnownFinding known in report.NotSeen) WriteLine(FindingText.NotSeen(known));
        // What was asked for was not finished; what is wrong is wrong all the same.
        string verdict = report is { IsInterrupted: true, Verdict: Verdict.Inconclusive }
            ? $"[{Colour(report.Verdict)}]INTERRUPTED[/]"
            : MarkupOf(Cell.Of(report.Verdict));
        console.MarkupLine($"verdict: {verdict} ({Escaped(report.Basis)})");
    }

    /// <summary>Writes a table; nothing where there is nothing to read.</summary>
    public void Write(Table table)
    {
        (Column Column, int Index)[] columns = [.. table.Shown];
        if (columns.Length == 0 || table.Rows.Count == 0) return;
        if (table.IsLine)
        {
            foreach (IReadOnlyList<Cell> row in table.Rows)
                console.MarkupLine(
                    $"{Escaped(table.Name)}: "
                    + string.Join(", ", columns.Select(c => $"{Escaped(c.Column.Heading)} {MarkupOf(row[c.Index])}")));
            return;
        }

        Spectre.Console.Table grid = new Spectre.Console.Table().Border(TableBorder.Simple);
        foreach ((Column column, _) in columns)
            grid.AddColumn(new TableColumn(Escaped(column.Heading))
            {
                Alignment = column.Alignment == Alignment.Left ? Justify.Left : Justify.Right,
            });
        foreach (IReadOnlyList<Cell> row in table.Rows) grid.AddRow([.. columns.Select(c => MarkupOf(row[c.Index]))]);
        console.Write(grid);
    }

    private void WriteLine(string text) => console.WriteLine(OutsideText.OneLine(text));

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
