using System.Globalization;
using Gdn.Harness.Metrics;

namespace Gdn.Harness.Reports.Writers.Html;

/// <summary>How figures of earlier runs like this one went, with the places where they changed.</summary>
internal static class TrendHtml
{
    private const double Width = 640, Height = 96, Margin = 8;

    /// <summary>Writes those of which there are at least two values; the ones that changed come first.</summary>
    public static void Write(HtmlText html, IReadOnlyList<Trend> trends)
    {
        Trend[] shown = [.. trends.Where(trend => trend.Points.Count > 1).OrderByDescending(trend => trend.Changes.Count > 0)];
        if (shown.Length == 0) return;
        html.Raw("<section>\n<h2>History</h2>\n");
        foreach (Trend trend in shown) Write(html, trend);
        html.Raw("</section>\n");
    }

    private static void Write(HtmlText html, Trend trend)
    {
        html.Add($"<figure class=\"item\" data-verdict=\"{(trend.Changes.Count > 0 ? "dirty" : "clean")}\">\n<figcaption>{trend.Name}</figcaption>\n");
        double[] values = [.. trend.Points.Select(point => point.Value)];
        (double low, double high) = (values.Min(), values.Max());
        double X(double index) => Margin + (Width - 2 * Margin) * index / (values.Length - 1);
        double Y(double value) => high > low ? Height - Margin - (Height - 2 * Margin) * (value - low) / (high - low) : Height / 2;
        html.Raw($"<svg class=\"trend\" viewBox=\"0 0 {Number(Width)} {Number(Height)}\" role=\"img\">")
            .Add($"<title>{trend.Name}: {values.Length} runs from {Text(low)} to {Text(high)}, the last {Text(values[^1])}</title>");
        foreach (ChangePoint change in trend.Changes)
            html.Raw($"<line class=\"change\" x1=\"{Number(X(change.Index - 0.5))}\" x2=\"{Number(X(change.Index - 0.5))}\" y1=\"0\" y2=\"{Number(Height)}\"/>");
        html.Raw($"<polyline points=\"{string.Join(' ', values.Select((value, i) => $"{Number(X(i))},{Number(Y(value))}"))}\"/>")
            .Raw($"<circle cx=\"{Number(X(values.Length - 1))}\" cy=\"{Number(Y(values[^1]))}\" r=\"3\"/></svg>\n")
            .Add($"<p class=\"quiet\">{values.Length} runs, {Text(low)} to {Text(high)}, now {Text(values[^1])}</p>\n");
        foreach (ChangePoint change in trend.Changes) html.Add($"<p>{TrendText.Of(trend, change)}</p>\n");
        html.Raw("</figure>\n");
    }

    private static string Number(double value) => value.ToString("0.#", CultureInfo.InvariantCulture);

    private static string Text(double value) => value.ToString("G5", CultureInfo.InvariantCulture);
}
