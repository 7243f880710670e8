namespace Gdn.Harness.Reports.Writers.Html;

/// <summary>A part of the report, which can be folded.</summary>
internal static class PartHtml
{
    /// <summary>Writes a part.</summary>
    /// <param name="html">Where to.</param>
    /// <param name="part">The part.</param>
    /// <param name="number">Its number in the report, which names it within the page.</param>
    /// <param name="isOpen">Whether its content shows without a click.</param>
    public static void Write(HtmlText html, Part part, int number, bool isOpen)
    {
        html.Raw($"<details class=\"part item\"{(isOpen ? " open" : "")}").Add($" id=\"part-{number}\" data-verdict=\"{CssClass.Of(part.Verdict)}\">")
            .Add($"<summary><span class=\"verdict {CssClass.Of(part.Verdict)}\">{part.Verdict}</span> {part.Name}</summary>\n");
        html.Add($"<p>{part.Basis}</p>\n");
        foreach (string line in part.Head) html.Add($"<p class=\"quiet\">{line}</p>\n");
        foreach (IPartContent content in part.Content)
        {
            if (content is Note note) WriteNote(html, note);
            if (content is Table table && table.Rows.Count > 0 && table.Shown.Any()) TableHtml.Write(html, table);
        }

        int findings = part.Findings.Count(finding => !finding.IsKnown);
        if (findings > 0) html.Add($"<p class=\"note\">new findings: {findings}, shown above</p>\n");
        html.Raw("</details>\n");
    }

    private static void WriteNote(HtmlText html, Note note) =>
        html.Raw(note.IsWarning ? "<p class=\"note warning\">" : "<p class=\"note\">").Add($"{note.Text}</p>\n");
}
