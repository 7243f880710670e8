using System.Text;
using Gdn.Harness.Findings;
using Gdn.Reference;

namespace Gdn.Harness.Reports.Writers;

/// <summary>The report as Markdown, for pull requests and issues; and its tables, for documents.</summary>
public sealed class MarkdownWriter : IReportWriter
{
    /// <inheritdoc/>
    public void Write(Report report, TextWriter output)
    {
        output.Write($"# {report.Command}: {Cell.TextOf(report.Verdict)}\n\n{Prose(report.Basis)}\n");
        if (report.Parts.Count > 1) output.Write($"\n{Write(report.Summary())}");
        foreach (LeftOut leftOut in report.LeftOut)
            output.Write($"\n{Prose(leftOut.Part)}: left out, {Prose(leftOut.Reason)}\n");
        foreach (KnownFinding known in report.NotSeen) output.Write($"\n{Prose(FindingText.NotSeen(known))}\n");
        int number = 0;
        foreach (Part part in report.Parts)
        {
            output.Write($"\n## {Prose(part.Name)}\n");
            foreach (string line in part.Head) output.Write($"\n{Prose(line)}\n");
            foreach (IPartContent content in part.Content)
            {
                if (content is Note note) output.Write($"\n{(note.IsWarning ? "**warning** " : "")}{Prose(note.Text)}\n");
                if (content is Table table && table.Rows.Count > 0 && table.Shown.Any()) output.Write($"\n{Write(table)}");
            }

            foreach (Finding finding in part.Findings) Write(++number, finding, output);
        }
    }

    /// <summary>A table as Markdown, each line ended.</summary>
    public static string Write(Table table)
    {
        (Column Column, int Index)[] columns = [.. table.Shown];
        var text = new StringBuilder();
        Line(columns.Select(column => column.Column.Heading));
        Line(columns.Select(column => column.Column.Alignment == Alignment.Left ? "---" : "--:"));
        foreach (IReadOnlyList<Cell> row in table.Rows) Line(columns.Select(column => Prose(row[column.Index].Text)));
        return text.ToString();

        void Line(IEnumerable<string> cells) => text.Append("| ").AppendJoin(" | ", cells).Append(" |\n");
    }

    private static void Write(int number, Finding finding, TextWriter output)
    {
        output.Write($"\n### {(finding.IsKnown ? "Known finding" : "Finding")} {Cell.TextOf(number)}\n\n{Prose(finding.Summary)}\n");
        foreach (string line in FindingText.Lines(finding)) output.Write($"\n{Prose(char.ToUpperInvariant(line[0]) + line[1..])}\n");
        string[] code = [.. finding.Steps, .. FindingText.Replay(finding) is { } replay ? [replay] : (string[])[]];
        output.Write("\n" + string.Concat(code.Select(OutsideText.MarkdownCode)));
    }

    private static string Prose(string text) => OutsideText.Markdown(text.ReplaceLineEndings(" "));
}
