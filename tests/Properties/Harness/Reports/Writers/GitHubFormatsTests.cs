using System.Text.RegularExpressions;
using Gdn.Harness.Reports;
using Gdn.Harness.Reports.Writers;
using Gdn.Properties.Support;
using Xunit;

namespace Gdn.Properties.Harness.Reports.Writers;

/// <summary>What a reviewer sees on GitHub: annotations, and a comment that is never refused for its length.</summary>
public partial class GitHubFormatsTests
{
    private static string[] Annotations(Report report) =>
        SampleReports.Text(new AnnotationWriter(), report).Split(Environment.NewLine, StringSplitOptions.RemoveEmptyEntries);

    [Fact]
    public void Annotations_OneForEachPartThatIsNotClean() => Assert.Equal(
        [
            "::error title=gate%2C bleed%2C tiny%3A DIRTY::3 of 12 rounds dirty%0Anp 3, ragged: request 1 (slot 2), token 4: expected Paris, "
                + "actual Rome: solo answers, batched with others does not%0Areplay: gdn-harness replay findings/f-1.json",
            "::warning title=gate%2C perplexity%3A INCONCLUSIVE::could not run: no text",
        ],
        Annotations(SampleReports.Mixed));

    [Fact]
    public void Annotations_OfACleanRun_AreOneNotice() => Assert.Equal(
        ["::notice title=gate%3A CLEAN::0 of 10 failed"],
        Annotations(SampleReports.Mixed with { Parts = [SampleReports.Mixed.Parts[0]] }));

    [Fact]
    public void Annotations_HostileText_IsOneCommand()
    {
        Part part = SampleReports.Sweep with { Name = SampleReports.Hostile, Findings = [SampleReports.Victim(SampleReports.Hostile)] };
        string line = Assert.Single(Annotations(SampleReports.Mixed with { Parts = [part] }));
        Assert.DoesNotContain('\u001b', line);
        Assert.Matches(Command(), line);
        Assert.Contains("%250A", line, StringComparison.Ordinal);
    }

    [Fact]
    public void Markdown_OfSeveralParts_SaysTheFirstFindingBeforeWhatIsFolded()
    {
        string text = SampleReports.Text(new MarkdownWriter(), SampleReports.Mixed);
        string[] order = ["# gate: DIRTY", "| part |", "## The first finding", "expected Paris", "replay findings/f-1.json", "<details>"];
        int[] places = [.. order.Select(piece => text.IndexOf(piece, StringComparison.Ordinal))];
        Assert.DoesNotContain(-1, places);
        Assert.Equal(places.Order(), places);
        Assert.Equal(Regex.Count(text, "<details>"), Regex.Count(text, "</details>"));
        Assert.Equal(1, Regex.Count(text, "expected Paris"));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public void Markdown_OfAnyLength_IsAComment(int parts)
    {
        Part part = SampleReports.Sweep with
        {
            Findings = [.. Enumerable.Range(0, 2000).Select(i => SampleReports.Victim(new string('x', i)))],
        };
        Report report = SampleReports.Mixed with { Parts = [.. Enumerable.Repeat(part, parts)] };
        string text = SampleReports.Text(new MarkdownWriter(), report);
        Assert.InRange(text.Length, 60_000, MarkdownWriter.MostCharacters);
        Assert.Contains("pieces of this report are too long", text, StringComparison.Ordinal);
        Assert.Equal(Regex.Count(text, "<details>"), Regex.Count(text, "</details>"));
    }

    [Fact]
    public void Markdown_HostileNameOfAFoldedPart_IsNoMarkup()
    {
        Part part = SampleReports.Sweep with { Name = SampleReports.Hostile };
        string text = SampleReports.Text(new MarkdownWriter(), SampleReports.Mixed with { Parts = [part, part] });
        Assert.DoesNotMatch("(?<!\\\\)<script", text);
    }

    [GeneratedRegex("^::error title=[^:,]*::[^\\r\\n]*$")]
    private static partial Regex Command();
}
