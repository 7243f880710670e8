namespace Gdn.Harness.Reports.Writers.Html;

/// <summary>Verdicts by np and scenario: where a bleed begins is seen at a glance.</summary>
internal sealed class HeatMap
{
    private readonly Table _table;
    private readonly int _np, _scenario, _verdict, _dirty;

    private HeatMap(Table table, int np, int scenario, int verdict, int dirty) =>
        (_table, _np, _scenario, _verdict, _dirty) = (table, np, scenario, verdict, dirty);

    /// <summary>The map of a table that has the columns for it; else null.</summary>
    public static HeatMap? Of(Table table)
    {
        int Index(string key) => table.Columns.Select(column => column.Key).ToList().IndexOf(key);
        (int np, int scenario, int verdict) = (Index("np"), Index("scenario"), Index("verdict"));
        return np < 0 || scenario < 0 || verdict < 0 ? null : new HeatMap(table, np, scenario, verdict, Index("dirtyRounds"));
    }

    /// <summary>Writes it.</summary>
    public void Write(HtmlText html)
    {
        string[] slots = [.. _table.Rows.Select(row => row[_np].Text).Distinct()];
        html.Raw("<div class=\"wide\"><table class=\"heat\">\n<thead><tr><th>scenario</th>");
        foreach (string np in slots) html.Add($"<th>np {np}</th>");
        html.Raw("</tr></thead>\n<tbody>\n");
        foreach (IGrouping<string, IReadOnlyList<Cell>> scenario in _table.Rows.GroupBy(row => row[_scenario].Text))
        {
            html.Add($"<tr class=\"item\" data-verdict=\"{Worst(scenario)}\"><th>{scenario.Key}</th>");
            foreach (string np in slots) WriteCell(html, scenario.FirstOrDefault(row => row[_np].Text == np));
            html.Raw("</tr>\n");
        }

        html.Raw("</tbody></table></div>\n");
    }

    private void WriteCell(HtmlText html, IReadOnlyList<Cell>? row)
    {
        if (row is null || row[_verdict].Value is not Verdict verdict)
        {
            html.Raw("<td></td>");
            return;
        }

        string told = _dirty < 0 ? "" : row[_dirty].Text, verdictText = row[_verdict].Text;
        // Colours are not the only sign.
        string sign = verdict switch
        {
            Verdict.Clean => "✓",
            Verdict.Dirty => _dirty < 0 ? "✗" : told.Replace(" of ", "/", StringComparison.Ordinal),
            _ => verdictText == Cell.TextOf(verdict) ? "?" : "–",
        };
        html.Add($"<td class=\"{CssClass.Of(verdict)}\" title=\"np {row[_np].Text}, {row[_scenario].Text}: {verdictText} {told}\">{sign}</td>");
    }

    private string Worst(IEnumerable<IReadOnlyList<Cell>> rows)
    {
        Verdict[] verdicts = [.. rows.Select(row => row[_verdict].Value).OfType<Verdict>()];
        return CssClass.Of(verdicts.Contains(Verdict.Dirty) ? Verdict.Dirty : verdicts.DefaultIfEmpty().Max());
    }
}
