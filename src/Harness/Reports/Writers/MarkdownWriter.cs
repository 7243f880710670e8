using System.Net;
using System.Text;
using Gdn.Harness.Findings;
using Gdn.Reference;
using static System.FormattableString;

namespace Gdn.Harness.Reports.Writers;

/// <summary>
/// The report as Markdown, for pull requests, step summaries and issues; and its tables, for documents. What a reader needs comes
/// first: verdict, parts, the first finding; of several parts the rest is folded away.
/// </summary>
public sealed class MarkdownWriter : IReportWriter
{
    /// <summary>GitHub takes no comment that is longer, in characters.</summary>
    public const int MostCharacters = 65_535;

    // For what is said about the rest, and for the end of a folded part.
    private const int Reserve = 300;

    /// <inheritdoc/>
    public void Write(Report report, TextWriter output)
    {
        var text = new StringBuilder();
        int omitted = 0;
        bool isFolded = report.Parts.Count > 1;
        Add($"# {report.Command}: {Cell.TextOf(report.Verdict)}\n\n{Prose(report.Basis)}\n");
        if (isFolded) Add($"\n{Write(report.Summary())}");
        foreach (LeftOut leftOut in report.LeftOut) Add($"\n{Prose(leftOut.Part)}: left out, {Prose(leftOut.Reason)}\n");
        foreach (KnownFinding known in report.NotSeen) Add($"\n{Prose(FindingText.NotSeen(known))}\n");
        Finding? first = isFolded ? report.Findings.FirstOrDefault(finding => !finding.IsKnown) : null;
        if (first is not null) Add($"\n## The first finding\n\n{TextOf(first)}");

        int number = 0;
        foreach (Part part in report.Parts)
        {
            bool isBegun = Add(isFolded ? $"\n<details><summary>{Folded(part)}</summary>\n" : $"\n## {Prose(part.Name)}\n");
            foreach (string line in part.Head) Add($"\n{Prose(line)}\n");
            foreach (IPartContent content in part.Content)
            {
                if (content is Note note) Add($"\n{(note.IsWarning ? "**warning** " : "")}{Prose(note.Text)}\n");
                if (content is Table table && table.Rows.Count > 0 && table.Shown.Any()) Add($"\n{Write(table)}");
            }

            foreach (Finding finding in part.Findings)
                Add($"\n### {(finding.IsKnown ? "Known finding" : "Finding")} {Cell.TextOf(++number)}\n\n"
                    + (finding == first ? "See above.\n" : TextOf(finding)));
            if (isFolded && isBegun) text.Append("\n</details>\n");
        }

        if (omitted > 0) text.Append(Invariant($"\n{omitted} pieces of this report are too long for a comment; the other formats have them.\n"));
        output.Write(text);

        // A piece is there whole or not at all.
        bool Add(string piece)
        {
            bool fits = text.Length + piece.Length <= MostCharacters - Reserve;
            if (fits) text.Append(piece);
            else omitted++;
            return fits;
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

    private static string TextOf(Finding finding)
    {
        string[] code = [.. finding.Steps, .. FindingText.Replay(finding) is { } replay ? [replay] : (string[])[]];
        return $"{Prose(finding.Summary)}\n"
            + string.Concat(FindingText.Lines(finding).Select(line => $"\n{Prose(char.ToUpperInvariant(line[0]) + line[1..])}\n"))
            + "\n" + string.Concat(code.Select(OutsideText.MarkdownCode));
    }

    // Within HTML, Markdown's own escapes do not hold.
    private static string Folded(Part part) => WebUtility.HtmlEncode(OutsideText.OneLine($"{part.Name}: {Cell.TextOf(part.Verdict)}"));

    private static string Prose(string text) => OutsideText.Markdown(text.ReplaceLineEndings(" "));
}
