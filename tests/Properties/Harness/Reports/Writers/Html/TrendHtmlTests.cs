using Gdn.Harness.Reports;
using Gdn.Harness.Reports.Writers.Html;
using Gdn.Properties.Support;
using Xunit;

namespace Gdn.Properties.Harness.Reports.Writers.Html;

public class TrendHtmlTests
{
    private static Trend Of(string name, int count, double after) => new(name,
    [
        .. Enumerable.Range(0, count).Select(i => new TrendPoint(
            $"run{i:D9}", new DateTimeOffset(2026, 1, 1, 0, i, 0, TimeSpan.Zero), "abcdef0123456", i < count / 2 ? 2 + i % 2 * 0.01 : after + i % 2 * 0.01)),
    ]);

    private static string Html(params Trend[] trends) => SampleReports.Text(new HtmlWriter(), SampleReports.Mixed with { Trends = trends });

    [Fact]
    public void Write_AChange_IsDrawnAndSaid()
    {
        string html = Html(Of("steady", 20, 2), Of("bent <b>", 20, 3));
        Assert.Equal(2, html.Split("<polyline ").Length - 1);
        Assert.Single(html.Split("<line class=\"change\"").Skip(1));
        Assert.Contains("2.005 -&gt; 3.005 (+49.9%) since 2026-01-01 00:10 (run run00000, commit abcdef01, p 0.002)", html, StringComparison.Ordinal);
        Assert.DoesNotContain("bent <b>", html, StringComparison.Ordinal);
        Assert.True(html.IndexOf("bent", StringComparison.Ordinal) < html.IndexOf("steady", StringComparison.Ordinal));
    }

    [Fact]
    public void Write_OneRun_HasNoHistory() => Assert.DoesNotContain("<h2>History</h2>", Html(Of("first", 1, 2)), StringComparison.Ordinal);
}
