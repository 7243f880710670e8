using Gdn.Harness.Metrics;
using Gdn.Harness.Reports;
using Gdn.Harness.Throughput;

namespace Gdn.Harness.Campaigns;

/// <summary>A line of the table that a reviewer reads.</summary>
/// <param name="Check">What was looked at.</param>
/// <param name="First">What it is on A.</param>
/// <param name="Second">What it is on B.</param>
/// <param name="Change">How B differs.</param>
/// <param name="Verdict">What that means, in a word.</param>
internal sealed record CompareRow(string Check, string First, string Second, string Change, string Verdict)
{
    private static readonly TableOf<CompareRow> Rows = new TableOf<CompareRow>("compare")
        .Left("check", "", row => row.Check)
        .Right("a", "A", row => row.First)
        .Right("b", "B", row => row.Second)
        .Right("change", "B against A [95% CI]", row => row.Change)
        .Left("verdict", "verdict", row => row.Verdict)
        .Data("ratio", row => row.Ratio)
        .Data("detectable", row => row.Ratio?.DetectableEffect)
        .Data("rounds", row => row.Ratio?.Rounds);

    /// <summary>Speeds: B's time over A's.</summary>
    public RatioEstimate? Ratio { get; init; }

    /// <summary>The table.</summary>
    public static Table Table(IEnumerable<CompareRow> rows) => Rows.Of(rows);

    /// <summary>The line of a speed.</summary>
    public static CompareRow Of(SpeedAnswer answer) => new(
        answer.Question.Name, SpeedText.Rate(answer.First), SpeedText.Rate(answer.Second), SpeedText.Change(answer.Ratio),
        answer.IsUnconfirmed ? "unconfirmed" : Cell.TextOf(answer.Verdict))
    {
        Ratio = answer.Ratio,
    };
}
