using System.Security.Cryptography;
using System.Text;
using Gdn.Harness.Findings;

namespace Gdn.Harness.Reports.Writers.Html;

/// <summary>
/// The report as one HTML file that needs nothing else: no network, and no scripts for anything but filters and buttons. Its policy
/// lets no script run but ours, so that a text from outside could not act even if it became markup.
/// </summary>
public sealed class HtmlWriter : IReportWriter
{
    // Of more, the other formats have the rest; a browser stays quick.
    private const int MostFindings = 100;

    private static readonly string Style = Resource("report.css"), Script = Resource("report.js");

    /// <inheritdoc/>
    public void Write(Report report, TextWriter output)
    {
        var html = new HtmlText();
        html.Raw("<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n")
            .Raw("<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n")
            .Raw("<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; base-uri 'none'; form-action 'none'; ")
            .Raw($"style-src '{HashOf(Style)}'; script-src '{HashOf(Script)}'\">\n")
            .Add($"<title>{report.Verdict}: {report.Command} - GDN Harness</title>\n")
            .Raw($"<style>{Style}</style>\n</head>\n<body>\n");
        WriteHead(html, report);
        WriteSummary(html, report);
        WriteHeatMaps(html, report);
        WriteFindings(html, report);
        TrendHtml.Write(html, report.Trends);
        html.Raw("<section>\n<h2>Parts</h2>\n");
        // Of several, only what needs looking at is unfolded.
        for (int i = 0; i < report.Parts.Count; i++)
            PartHtml.Write(html, report.Parts[i], i, isOpen: report.Parts.Count == 1 || report.Parts[i].Verdict != Verdict.Clean);
        html.Raw("</section>\n");
        WriteEnvironment(html, report);
        html.Raw($"<script>{Script}</script>\n</body>\n</html>\n");
        output.Write(html);
    }

    private static void WriteHead(HtmlText html, Report report) => html
        .Add($"<header>\n<h1><span class=\"verdict {CssClass.Of(report.Verdict)}\">{report.Verdict}</span> {report.Command}</h1>\n")
        .Add($"<p>{report.Basis}</p>\n<p class=\"quiet\">{report.Time.UtcDateTime:yyyy-MM-dd HH:mm} UTC, seed {report.Seed}, {report.Environment.Machine}</p>\n")
        .Raw("<div class=\"filters scripted\">\n<input type=\"search\" id=\"words\" placeholder=\"Filter\" aria-label=\"Filter\">\n")
        .Raw("<label><input type=\"checkbox\" id=\"unclean\"> only what is not clean</label>\n</div>\n</header>\n");

    private static void WriteSummary(HtmlText html, Report report)
    {
        html.Raw("<main>\n<section>\n<h2>Summary</h2>\n<div class=\"wide\"><table>\n")
            .Raw("<thead><tr><th>part</th><th>verdict</th><th>basis</th><th class=\"number\">seconds</th></tr></thead>\n<tbody>\n");
        for (int i = 0; i < report.Parts.Count; i++)
        {
            Part part = report.Parts[i];
            html.Add($"<tr class=\"item\" data-verdict=\"{CssClass.Of(part.Verdict)}\"><td><a href=\"#part-{i}\">{part.Name}</a></td>")
                .Add($"<td><span class=\"verdict {CssClass.Of(part.Verdict)}\">{part.Verdict}</span></td><td>{part.Basis}</td>")
                .Add($"<td class=\"number\">{part.Duration.TotalSeconds:F1}</td></tr>\n");
        }

        foreach (LeftOut leftOut in report.LeftOut)
            html.Add($"<tr class=\"item\" data-verdict=\"left-out\"><td>{leftOut.Part}</td><td>left out</td><td>{leftOut.Reason}</td><td></td></tr>\n");
        html.Raw("</tbody></table></div>\n");
        foreach (KnownFinding known in report.NotSeen) html.Add($"<p class=\"note\">{FindingText.NotSeen(known)}</p>\n");
        html.Raw("</section>\n");
    }

    private static void WriteHeatMaps(HtmlText html, Report report)
    {
        foreach (Part part in report.Parts)
            foreach (HeatMap map in part.Tables.Where(table => table.Rows.Count > 0).Select(HeatMap.Of).OfType<HeatMap>())
            {
                html.Add($"<section>\n<h2>{part.Name}: dirty rounds by np and scenario</h2>\n");
                map.Write(html);
                html.Raw("</section>\n");
            }
    }

    private static void WriteFindings(HtmlText html, Report report)
    {
        Finding[] findings = [.. report.Findings.OrderBy(finding => finding.IsKnown)];
        if (findings.Length == 0) return;
        html.Raw("<section>\n<h2>Findings</h2>\n");
        PositionStrip.Write(html, findings);
        for (int i = 0; i < Math.Min(findings.Length, MostFindings); i++) FindingHtml.Write(html, i + 1, findings[i]);
        if (findings.Length > MostFindings) html.Add($"<p class=\"note\">{findings.Length - MostFindings} more findings are in the other formats.</p>\n");
        html.Raw("</section>\n");
    }

    private static void WriteEnvironment(HtmlText html, Report report)
    {
        RunEnvironment where = report.Environment;
        html.Raw("</main>\n<footer>\n<h2>Where it was run</h2>\n<dl>\n")
            .Add($"<dt>tool</dt><dd>{where.Tool}</dd>\n<dt>runtime</dt><dd>{where.Runtime}</dd>\n<dt>system</dt><dd>{where.System}</dd>\n")
            .Add($"<dt>machine</dt><dd>{where.Machine}</dd>\n</dl>\n</footer>\n");
    }

    private static string HashOf(string content) => $"sha256-{Convert.ToBase64String(SHA256.HashData(Encoding.UTF8.GetBytes(content)))}";

    private static string Resource(string name)
    {
        using Stream stream = typeof(HtmlWriter).Assembly.GetManifestResourceStream(name)
            ?? throw new InvalidOperationException($"The build did not embed {name}.");
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd().ReplaceLineEndings("\n");
    }
}
