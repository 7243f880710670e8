using System.Xml.Linq;
using Gdn.Harness.Reports;
using Gdn.Harness.Reports.Writers;
using Gdn.Properties.Support;
using Xunit;

namespace Gdn.Properties.Harness.Reports.Writers;

/// <summary>CI systems read the report as they read that of any test run.</summary>
public class JUnitWriterTests
{
    private static XElement Xml(Report report) => XElement.Parse(SampleReports.Text(new JUnitWriter(), report));

    private static IEnumerable<string> Names(XElement xml) => xml.Descendants("testcase")
        .Select(@case => $"{@case.Attribute("classname")!.Value}: {@case.Attribute("name")!.Value}");

    [Fact]
    public void Suites_ArePartsAndCasesAreRows() => Assert.Equal(
        [
            "kernel cases: verdict", "bleed, tiny: verdict", "bleed, tiny: np=2, scenario=ragged", "bleed, tiny: np=3, scenario=ragged",
            "bleed, tiny: np=3, scenario=churn", "perplexity: verdict", "drafts: verdict",
        ],
        Names(Xml(SampleReports.Mixed)));

    [Fact]
    public void Failures_AreDirtyRowsWithTheirFindingAndItsReplay()
    {
        XElement sweep = Xml(SampleReports.Mixed).Elements().ElementAt(1);
        Assert.Equal(["verdict", "np=3, scenario=ragged"], sweep.Descendants("failure").Select(f => f.Parent!.Attribute("name")!.Value));
        Assert.All(sweep.Descendants("failure"), failure =>
        {
            Assert.StartsWith("np 3, ragged: request 1", failure.Attribute("message")!.Value, StringComparison.Ordinal);
            Assert.Equal("live-bleed", failure.Attribute("type")!.Value);
            Assert.Contains("replay: gdn-harness replay findings/f-1.json", failure.Value, StringComparison.Ordinal);
        });
        // A known finding is reported, and fails nothing.
        Assert.Contains("known: upstream", sweep.Element("system-out")!.Value, StringComparison.Ordinal);
    }

    [Fact]
    public void Counts_AreThoseOfTheCases()
    {
        foreach (XElement suite in Xml(SampleReports.Mixed).Elements())
            Assert.Equal(
                [suite.Elements("testcase").Count(), suite.Descendants("failure").Count(), suite.Descendants("skipped").Count(), 0],
                new[] { "tests", "failures", "skipped", "errors" }.Select(name => (int)suite.Attribute(name)!));
    }

    [Fact]
    public void Inconclusive_IsSkippedAndSaysWhy()
    {
        XElement xml = Xml(SampleReports.Mixed);
        Assert.Equal(3, xml.Descendants("skipped").Count());
        Assert.Equal("could not run: no text", xml.Elements().ElementAt(2).Descendants("skipped").Single().Attribute("message")!.Value);
        Assert.Equal("left out: no draft layers", xml.Elements().ElementAt(3).Descendants("skipped").Single().Attribute("message")!.Value);
    }

    // What Ant's schema requires in this order, and Jenkins' allows.
    [Fact]
    public void Suite_HasWhatReadersRequire()
    {
        XElement xml = Xml(SampleReports.Mixed);
        Assert.False(xml.HasAttributes);
        Assert.All(xml.Elements(), suite =>
        {
            Assert.Equal(["properties", "testcase", "system-out", "system-err"], suite.Elements().Select(e => e.Name.LocalName).Distinct());
            Assert.Equal("2026-01-02T03:04:05", suite.Attribute("timestamp")!.Value);
            Assert.All(new[] { "id", "package", "name", "hostname", "time" }, name => Assert.NotEmpty(suite.Attribute(name)!.Value));
            Assert.All(suite.Elements("testcase"), @case => Assert.Equal(["name", "classname", "time"], @case.Attributes().Select(a => a.Name.LocalName)));
        });
    }

    [Fact]
    public void Names_AreUniqueAndHoldNoResults()
    {
        Part other = SampleReports.Sweep with { Verdict = Verdict.Clean, Basis = "0 of 12", Findings = [], Duration = TimeSpan.Zero };
        Report twice = SampleReports.Mixed with { Parts = [SampleReports.Sweep, SampleReports.Sweep], Seed = 1 };
        string[] names = [.. Names(Xml(twice))];
        Assert.Equal(names.Length, names.Distinct().Count());
        Assert.Equal(names, Names(Xml(twice with { Parts = [other, other], Seed = 2 })));
    }

    [Fact]
    public void HostileText_StaysText()
    {
        Part part = SampleReports.Sweep with { Name = SampleReports.Hostile, Findings = [SampleReports.Victim(SampleReports.Hostile)] };
        XElement xml = Xml(SampleReports.Mixed with { Parts = [part] });
        Assert.Empty(xml.Descendants("script"));
        Assert.Contains("<script>alert(1)</script>", xml.Descendants("failure").First().Value, StringComparison.Ordinal);
    }
}
