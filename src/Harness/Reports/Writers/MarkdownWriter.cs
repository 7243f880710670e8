using System.Text;

namespace Gdn.Harness.Reports.Writers;

/// <summary>Tables for documents and bug reports.</summary>
public static class MarkdownWriter
{
    /// <summary>A table as Markdown, each line ended.</summary>
    public static string Write(Table table)
    {
        (Column Column, int Index)[] columns = [.. table.Shown];
        var text = new StringBuilder();
        Line(columns.Select(column => column.Column.Heading));
        Line(columns.Select(column => column.Column.Alignment == Alignment.Left ? "---" : "--:"));
        foreach (IReadOnlyList<Cell> row in table.Rows) Line(columns.Select(column => Escape(row[column.Index].Text)));
        return text.ToString();

        void Line(IEnumerable<string> cells) => text.Append("| ").AppendJoin(" | ", cells).Append(" |\n");
    }

    /// <summary>Text that stays within its cell.</summary>
    public static string Escape(string text) =>
        text.ReplaceLineEndings(" ").Replace("|", "\\|", StringComparison.Ordinal);
}
