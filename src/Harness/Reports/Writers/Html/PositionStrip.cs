using System.Globalization;
using Gdn.Harness.Findings;

namespace Gdn.Harness.Reports.Writers.Html;

/// <summary>At which positions findings begin: many at one position, or at the end of every chunk, say what to look at.</summary>
internal static class PositionStrip
{
    private const int Width = 600, Height = 34, Margin = 10;

    /// <summary>Writes it; nothing for fewer than two different positions.</summary>
    public static void Write(HtmlText html, IReadOnlyList<Finding> findings)
    {
        int[] positions = [.. findings.Select(finding => finding.Position).OfType<int>().Order()];
        if (positions.Distinct().Count() < 2) return;
        int most = Math.Max(1, positions[^1]);
        html.Add($"<figure><figcaption>Where they part from what is expected: positions 0 to {most}</figcaption>\n")
            .Raw(Svg($"<svg class=\"strip\" viewBox=\"0 0 {Width} {Height}\" role=\"img\" aria-label=\"positions\">"))
            .Raw(Svg($"<line x1=\"{Margin}\" x2=\"{Width - Margin}\" y1=\"{Height / 2}\" y2=\"{Height / 2}\"/>"));
        foreach (IGrouping<int, int> at in positions.GroupBy(position => position))
        {
            double x = Margin + (Width - 2.0 * Margin) * at.Key / most, radius = Math.Min(Height / 2 - 1, 4 + at.Count());
            html.Raw(Svg($"<circle cx=\"{x:0.#}\" cy=\"{Height / 2}\" r=\"{radius:0.#}\"><title>position {at.Key}: {at.Count()}</title></circle>"));
        }

        html.Raw("</svg></figure>\n");
    }

    // Numbers only.
    private static string Svg(FormattableString markup) => markup.ToString(CultureInfo.InvariantCulture);
}
