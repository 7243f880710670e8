using System.Security.Cryptography;
using System.Text;
using System.Text.RegularExpressions;
using Gdn.Harness.Findings;
using Gdn.Harness.Perplexity;
using Gdn.Harness.Reports;
using Gdn.Harness.Reports.Writers.Html;
using Gdn.Harness.Schedules;
using Gdn.Harness.Traffic;
using Gdn.Properties.Support;
using Xunit;

namespace Gdn.Properties.Harness.Reports.Writers.Html;

/// <summary>One file that says all of the report, whoever opens it where.</summary>
public class HtmlWriterTests
{
    private static readonly Schedule Sample = new(2, 1, [
        new DecodeStep([new SequenceRun(0, [57]), new SequenceRun(1, [22])]), new ClearStep(1), new DecodeStep([new SequenceRun(2, [171])]),
        new DecodeStep([new SequenceRun(0, [99, 98, 97, 96, 95, 94])])]);

    private static string Html(params Part[] parts) => SampleReports.Text(new HtmlWriter(), SampleReports.Mixed with { Parts = parts });

    private static string Html(Finding finding) => Html(SampleReports.Sweep with { Findings = [finding] });

    private static Finding OfSchedule(Schedule schedule)
    {
        var finding = new Finding("s", "solo", "e") { Np = 2, Step = 3, Sequence = 0, Slot = 0, Position = 1 };
        return finding with { Replay = ReplayFile.Of(finding, 1) with { Schedule = schedule } };
    }

    [Fact]
    public void Page_SaysVerdictPartsFindingsAndReplays()
    {
        string html = SampleReports.Text(new HtmlWriter(), SampleReports.Mixed);
        foreach (string said in (string[])[
            "<title>DIRTY: gate", "3 of 12 rounds dirty", "left out", "no draft layers", "gone/gone", "Finding 1: live-bleed", "Known finding 2",
            "<code>gdn-harness replay findings/f-1.json</code>", "<mark>Paris</mark>", "<mark>Rome</mark>"])
            Assert.Contains(said, html, StringComparison.Ordinal);
    }

    [Fact]
    public void HeatMap_HasACellForEachNpAndScenario()
    {
        string html = Html(SampleReports.Sweep);
        Assert.Contains("title=\"np 2, ragged: CLEAN 0 of 4\">✓</td>", html.Replace("&#10003;", "✓", StringComparison.Ordinal), StringComparison.Ordinal);
        Assert.Contains("<td class=\"dirty\" title=\"np 3, ragged: DIRTY 3 of 4\">3/4</td>", html, StringComparison.Ordinal);
        Assert.Contains("<td class=\"inconclusive\" title=\"np 3, churn: INCONCLUSIVE 0 of 4\">?</td>", html, StringComparison.Ordinal);
    }

    [Fact]
    public void ScheduleLanes_PutSequencesIntoSlotsAndMarkTheFirstWrongRow()
    {
        string html = Html(OfSchedule(Sample));
        string[] lanes = [.. Regex.Matches(html, "<tr><th>slot .*</tr>").Select(match => match.Value)];
        Assert.Equal(2, lanes.Length);
        Assert.Contains("<b>seq 0</b> 99 98 97 96 ... (6)", lanes[0], StringComparison.Ordinal);
        Assert.Matches("first wrong, position 1", lanes[0]);
        // The slot that sequence 1 gave back is that of sequence 2.
        Assert.Equal(["seq 1", "seq 1", "seq 2"], Regex.Matches(lanes[1], "<b>(.*?)</b>").Select(match => match.Groups[1].Value));
        Assert.Single(Regex.Matches(html, "class=\"chip[^\"]* wrong\""));
    }

    [Fact]
    public void ScheduleLanes_OfALongSchedule_KeepTheWrongStep()
    {
        var steps = Enumerable.Range(0, 3000).Select(i => new DecodeStep([new SequenceRun(0, [i])])).ToArray();
        string html = Html(OfSchedule(new Schedule(1, 1, steps)) with { Step = 2900 });
        Assert.Contains("first wrong", html, StringComparison.Ordinal);
        Assert.InRange(html.Length, 0, 100_000);
    }

    [Fact]
    public void RoundLanes_MarkVictimAndDonor()
    {
        var round = new LiveRound(Scenario.Churn, 2, [
            new LiveRequest(new([1, 2]), 4, Slot: 0), new LiveRequest(new([3]), 4, Slot: 1), new LiveRequest(new([5]), 4, new RequestEnded(0), Slot: 0)]);
        Finding finding = SampleReports.Victim("x") with { Donor = 2 };
        string html = Html(finding with { Replay = ReplayFile.Of(finding, 1) with { Round = round } });
        Assert.Matches("request 1</b>.*victim, first wrong token 4", html);
        Assert.Matches("request 2</b> prompt of 1 tokens, 4 tokens wanted, after request 0<br><strong>gave its state", html);
    }

    [Fact]
    public void Sides_MarkTheTokensThatDiffer() => Assert.Matches(
        "alone.*<span class=\"token\">a</span> <mark class=\"token\">b</mark> .*in company.*<mark class=\"token\">c</mark>",
        Html(SampleReports.Victim("x") with { Alone = ["a", "b"], InCompany = ["a", "c"] }));

    [Fact]
    public void Numbers_AreDrawnBesideWhatTheySay()
    {
        Table table = new TableOf<double>("t")
            .Right("error", "error / bound", value => value, bound: 1)
            .Right("ppl", "worse by", value => new PairedDifference(value / 100, -0.01, 0.02), value => "1%")
            .Of([0.25, 2]);
        string html = Html(SampleReports.Sweep with { Content = [table] });
        Assert.Single(Regex.Matches(html, "<svg class=\"bar dirty\""));
        Assert.Matches("<rect class=\"share\" width=\"20\"", html);
        Assert.Equal(2, Regex.Count(html, "<svg class=\"whisker\""));
    }

    [Fact]
    public void HostileText_StaysTextEverywhere()
    {
        string bad = SampleReports.Hostile;
        Finding finding = SampleReports.Victim(bad) with
        {
            ExpectedToken = bad,
            ActualToken = bad,
            Alone = [bad],
            InCompany = ["x", bad],
            Steps = [bad],
            Fingerprint = bad,
            Scenario = bad,
            ReplayPath = bad,
            Check = bad,
            KnownReason = bad,
        };
        Table table = new TableOf<string>("t").Left("a", bad, text => text).Of([bad]);
        Part part = new(bad, Verdict.Dirty, bad) { Head = [bad], Content = [new Note(bad), table], Findings = [finding] };
        string html = SampleReports.Text(
            new HtmlWriter(),
            new Report(bad, 1, [part]) { LeftOut = [new LeftOut(bad, bad)], NotSeen = [new KnownFinding(bad, bad)] });
        Assert.Single(Regex.Matches(html, "<script"));
        Assert.DoesNotContain("<img", html, StringComparison.Ordinal);
        Assert.DoesNotContain("\"'-->", html, StringComparison.Ordinal);
        Assert.DoesNotContain('\u001b', html);
        Assert.True(Regex.Count(html, "&lt;script&gt;") >= 15);
    }

    [Fact]
    public void Policy_AllowsOurScriptAndStyleAndNothingElse()
    {
        string html = Html(SampleReports.Sweep);
        foreach (string element in (string[])["script", "style"])
        {
            string content = Regex.Match(html, $"<{element}>(.*?)</{element}>", RegexOptions.Singleline).Groups[1].Value;
            string hash = Convert.ToBase64String(SHA256.HashData(Encoding.UTF8.GetBytes(content)));
            Assert.Contains($"{element}-src 'sha256-{hash}'", html, StringComparison.Ordinal);
        }

        Assert.Contains("default-src 'none'", html, StringComparison.Ordinal);
        Assert.DoesNotMatch("(src|href)=\"(?!#)", html);
        Assert.DoesNotMatch(@" style=| on[a-z]+=", html[..html.IndexOf("<script", StringComparison.Ordinal)]);
    }

    [Fact]
    public void Page_OfALargeReport_StaysSmall()
    {
        Finding[] findings = [.. Enumerable.Range(0, 5000).Select(i => OfSchedule(Sample) with { Position = i })];
        Table rows = new TableOf<int>("t").Right("n", "n", n => n).Of(Enumerable.Range(0, 20_000));
        Part part = SampleReports.Sweep with { Findings = findings, Content = [rows] };
        Assert.InRange(Html(part, part, part).Length, 10_000, 3_000_000);
    }
}
