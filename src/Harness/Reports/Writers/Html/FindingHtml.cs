using Gdn.Harness.Findings;
using Gdn.Reference;
using static System.FormattableString;

namespace Gdn.Harness.Reports.Writers.Html;

/// <summary>A finding: what is wrong, against what should be there, when it happened, and how to see it again.</summary>
internal static class FindingHtml
{
    private const int MostSteps = 200;

    /// <summary>Writes it.</summary>
    /// <param name="html">Where to.</param>
    /// <param name="number">Its number, from 1.</param>
    /// <param name="finding">The finding.</param>
    public static void Write(HtmlText html, int number, Finding finding)
    {
        html.Add($"<article class=\"finding item\" id=\"finding-{number}\" data-verdict=\"{(finding.IsKnown ? "known" : "dirty")}\">\n")
            .Add($"<h3>{(finding.IsKnown ? "Known finding" : "Finding")} {number}: {finding.Check}</h3>\n<p>{finding.Summary}</p>\n");
        WriteSides(html, finding);
        string[] lines = [.. FindingText.Lines(finding)];
        if (lines.Length > 0)
        {
            html.Raw("<ul>\n");
            foreach (string line in lines) html.Add($"<li>{line}</li>\n");
            html.Raw("</ul>\n");
        }

        if (finding.Replay?.Schedule is { } schedule) ScheduleLanes.Write(html, schedule, finding);
        if (finding.Replay?.Round is { } round) RoundLanes.Write(html, round, finding);
        if (finding.Steps.Count > 0) WriteSteps(html, finding);
        if (FindingText.Replay(finding) is { } replay) html.Add($"<p class=\"replay\"><code>{replay}</code></p>\n");
        html.Raw("</article>\n");
    }

    private static void WriteSteps(HtmlText html, Finding finding)
    {
        html.Raw("<details><summary>in words</summary>\n<pre>");
        foreach (string step in finding.Steps.Take(MostSteps)) html.Add($"{step}\n");
        if (finding.Steps.Count > MostSteps) html.Add($"... and {finding.Steps.Count - MostSteps} more lines");
        html.Raw("</pre></details>\n");
    }

    private static void WriteSides(HtmlText html, Finding finding)
    {
        if (finding.Alone is { } alone && finding.InCompany is { } company)
            WriteSides(html, "alone", "in company", Tokens(alone, company), Tokens(company, alone));
        else if (finding.ExpectedToken is { } expected && finding.ActualToken is { } actual)
            WriteSides(html, "alone", "in company", Marked(expected), Marked(actual));
        else if (finding is { Expected: { } value, Actual: { } other })
            WriteSides(html, "expected", "actual", Marked(Invariant($"{value:G9}")), Marked(Invariant($"{other:G9}")));
    }

    private static void WriteSides(HtmlText html, string left, string right, HtmlText good, HtmlText bad) => html
        .Add($"<div class=\"sides\"><div><h4>{left}</h4><p>").Raw($"{good}")
        .Add($"</p></div><div class=\"bad\"><h4>{right}</h4><p>").Raw($"{bad}").Raw("</p></div></div>\n");

    private static HtmlText Marked(string text) => new HtmlText().Add($"<mark>{text}</mark>");

    private static HtmlText Tokens(IReadOnlyList<string> tokens, IReadOnlyList<string> other)
    {
        var html = new HtmlText();
        for (int i = 0; i < tokens.Count; i++)
            if (i < other.Count && tokens[i] == other[i]) html.Add($"<span class=\"token\">{OutsideText.OneLine(tokens[i], 80)}</span> ");
            else html.Add($"<mark class=\"token\">{OutsideText.OneLine(tokens[i], 80)}</mark> ");
        return html;
    }
}
