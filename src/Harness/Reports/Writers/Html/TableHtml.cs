using System.Globalization;
using Gdn.Harness.Perplexity;

namespace Gdn.Harness.Reports.Writers.Html;

/// <summary>A table, with what numbers look like beside them: shares of a bound as bars, intervals as whiskers.</summary>
internal static class TableHtml
{
    // Of more, the JSON has the rest.
    private const int MostRows = 500;

    private const double Width = 80, Height = 12;

    private readonly record struct Range(double Low, double High, double? Middle);

    /// <summary>Writes it.</summary>
    public static void Write(HtmlText html, Table table)
    {
        (Column Column, int Index)[] columns = [.. table.Shown];
        html.Raw("<div class=\"wide\"><table>\n<thead><tr>");
        foreach ((Column column, _) in columns) html.Raw(Cell(column, "th")).Add($"{column.Heading}</th>");
        html.Raw("</tr></thead>\n<tbody>\n");
        Dictionary<int, Range> scales = columns.ToDictionary(column => column.Index, column => ScaleOf(table, column.Index));
        foreach (IReadOnlyList<Cell> row in table.Rows.Take(MostRows))
        {
            html.Add($"<tr class=\"item\" data-verdict=\"{VerdictOf(row)}\">");
            foreach ((Column column, int index) in columns)
            {
                html.Raw(Cell(column, "td"));
                WriteValue(html, column, row[index], scales[index]);
                html.Raw("</td>");
            }

            html.Raw("</tr>\n");
        }

        html.Raw("</tbody></table></div>\n");
        if (table.Rows.Count > MostRows) html.Add($"<p class=\"note\">{table.Rows.Count - MostRows} more rows are in the JSON.</p>\n");
    }

    private static void WriteValue(HtmlText html, Column column, Cell cell, Range scale)
    {
        if (cell.Value is Verdict verdict)
        {
            html.Add($"<span class=\"verdict {CssClass.Of(verdict)}\">{cell.Text}</span>");
            return;
        }

        html.Add($"{cell.Text}");
        if (column.Bound is { } bound && cell.Value is double value && double.IsFinite(value)) WriteBar(html, value / bound);
        else if (RangeOf(cell) is { } range) WriteWhisker(html, range, scale);
    }

    private static void WriteBar(HtmlText html, double share) => html
        .Raw($"<svg class=\"bar {(share > 1 ? "dirty" : "")}\" width=\"{Number(Width)}\" height=\"{Number(Height)}\" aria-hidden=\"true\">")
        .Raw($"<rect class=\"all\" width=\"{Number(Width)}\" height=\"{Number(Height)}\"/>")
        .Raw($"<rect class=\"share\" width=\"{Number(Width * Math.Clamp(share, 0, 1))}\" height=\"{Number(Height)}\"/></svg>");

    private static void WriteWhisker(HtmlText html, Range range, Range scale)
    {
        double X(double value) => scale.High > scale.Low ? 2 + (Width - 4) * (value - scale.Low) / (scale.High - scale.Low) : Width / 2;
        html.Raw($"<svg class=\"whisker\" width=\"{Number(Width)}\" height=\"{Number(Height)}\" aria-hidden=\"true\">")
            .Raw($"<line class=\"axis\" x1=\"{Number(X(0))}\" x2=\"{Number(X(0))}\" y1=\"0\" y2=\"{Number(Height)}\"/>")
            .Raw($"<line x1=\"{Number(X(range.Low))}\" x2=\"{Number(X(range.High))}\" y1=\"{Number(Height / 2)}\" y2=\"{Number(Height / 2)}\"/>");
        if (range.Middle is { } middle)
            html.Raw($"<circle cx=\"{Number(X(middle))}\" cy=\"{Number(Height / 2)}\" r=\"2.5\"/>");
        html.Raw("</svg>");
    }

    // All of a column on one scale, with 0 on it.
    private static Range ScaleOf(Table table, int index)
    {
        Range[] ranges = [.. table.Rows.Select(row => RangeOf(row[index])).OfType<Range>()];
        return ranges.Length == 0 ? default : new Range(Math.Min(0, ranges.Min(r => r.Low)), Math.Max(0, ranges.Max(r => r.High)), null);
    }

    private static Range? RangeOf(Cell cell) => cell.Value switch
    {
        Interval interval when double.IsFinite(interval.High - interval.Low) => new Range(interval.Low, interval.High, null),
        PairedDifference pair when double.IsFinite(pair.High - pair.Low) => new Range(pair.Low, pair.High, pair.Relative),
        _ => null,
    };

    private static string VerdictOf(IReadOnlyList<Cell> row) =>
        row.Select(cell => cell.Value).OfType<Verdict>().Select(CssClass.Of).FirstOrDefault() ?? "";

    private static string Cell(Column column, string tag) => column.Alignment == Alignment.Right ? $"<{tag} class=\"number\">" : $"<{tag}>";

    private static string Number(double value) => value.ToString("0.##", CultureInfo.InvariantCulture);
}
