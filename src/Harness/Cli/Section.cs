using Gdn.Harness.Findings;
using Gdn.Harness.Reports;

namespace Gdn.Harness.Cli;

/// <summary>One part of a command's work, already printed: schedules on a model, a bleed sweep.</summary>
/// <param name="Name">What it is.</param>
/// <param name="Rows">Its table, for the report.</param>
/// <param name="Findings">Its findings.</param>
/// <param name="Completed">Whether everything asked for was run.</param>
/// <param name="Reason">What its verdict rests on.</param>
internal sealed record Section(
    string Name, IReadOnlyList<object> Rows, IReadOnlyList<Finding> Findings, bool Completed, string Reason)
{
    /// <summary>What it comes to.</summary>
    public Verdict Verdict =>
        Findings.Count > 0 ? Verdict.Dirty : Completed ? Verdict.Clean : Verdict.Inconclusive;
}
