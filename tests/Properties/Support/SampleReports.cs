using Gdn.Harness.Findings;
using Gdn.Harness.Reports;
using Gdn.Harness.Reports.Writers;

namespace Gdn.Properties.Support;

/// <summary>Reports of every kind, made by hand, for what writes them.</summary>
internal static class SampleReports
{
    /// <summary>Text as a hostile server could send it: markup of every format, controls, half a surrogate pair, no character at all.</summary>
    public const string Hostile = "<script>alert(1)</script>|`*_]]>&amp;\u001b[2J\r\n::error::%0A\ud800\ufffe\u202e\"'--><img src=x onerror=alert(1)>";

    private static readonly TableOf<(int Np, string Scenario, Verdict Verdict, int Dirty)> Bleed =
        new TableOf<(int Np, string Scenario, Verdict Verdict, int Dirty)>("bleed")
            .Left("np", "np", row => row.Np)
            .Left("scenario", "scenario", row => row.Scenario)
            .Left("verdict", "verdict", row => row.Verdict)
            .Right("dirtyRounds", "dirty rounds", row => row.Dirty, row => $"{row.Dirty} of 4");

    /// <summary>A part with a clean row, a dirty one and one that could not be run.</summary>
    public static Part Sweep { get; } = new("bleed, tiny", Verdict.Dirty, "3 of 12 rounds dirty")
    {
        Head = ["engine e, seed 1"],
        Content =
        [
            Bleed.Of([(2, "ragged", Verdict.Clean, 0), (3, "ragged", Verdict.Dirty, 3), (3, "churn", Verdict.Inconclusive, 0)]),
            new Note("noise: none"),
        ],
        Findings =
        [
            new Finding("f-known", "live-bleed", "e") { Np = 3, Scenario = "churn", Detail = "old", Fingerprint = "k/k", KnownReason = "upstream" },
            Victim("solo answers, batched with others does not"),
        ],
        Duration = TimeSpan.FromSeconds(1.5),
    };

    /// <summary>A report that is dirty, with a part of each verdict and one that was left out.</summary>
    public static Report Mixed { get; } = new("gate", 7, [
        new Part("kernel cases", Verdict.Clean, "0 of 10 failed"), Sweep, Part.NotRun("perplexity", "no text")])
    {
        LeftOut = [new LeftOut("drafts", "no draft layers")],
        NotSeen = [new KnownFinding("gone/gone", "was mended?")],
        Time = new DateTimeOffset(2026, 1, 2, 3, 4, 5, TimeSpan.Zero),
    };

    /// <summary>A finding that says this.</summary>
    public static Finding Victim(string detail) => new("f-1", "live-bleed", "server:http://x")
    {
        Np = 3,
        Scenario = "ragged",
        Sequence = 1,
        Slot = 2,
        Position = 4,
        ExpectedToken = "Paris",
        ActualToken = "Rome",
        Detail = detail,
        Fingerprint = "live-bleed/ragged",
        Steps = ["victim: request 1"],
        ReplayPath = "findings/f-1.json",
    };

    /// <summary>What a writer makes of a report.</summary>
    public static string Text(IReportWriter writer, Report report)
    {
        using var text = new StringWriter();
        writer.Write(report, text);
        return text.ToString();
    }
}
