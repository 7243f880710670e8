using System.Globalization;
using Gdn.Harness.Checks;
using static System.FormattableString;

namespace Gdn.Harness.Findings;

/// <summary>Makes the one line that says what a finding is, from its fields.</summary>
internal static class FindingSummary
{
    /// <summary>The line.</summary>
    public static string Of(Finding finding) =>
        finding.Case is not null ? OfKernel(finding)
        : finding.Scenario is not null ? OfRound(finding)
        : finding is { Step: null, Check: "speed" or "throughput" or "perplexity" } ? OfFigure(finding)
        : OfSchedule(finding);

    // No schedule was run: a speed, or a perplexity of a saved report.
    private static string OfFigure(Finding f) => $"{f.Check}: {(f.Np is { } np ? Invariant($"np {np}: ") : "")}{f.Detail}";

    private static string OfSchedule(Finding f) => f.Logit is null
        ? Invariant($"{f.Check}: {Flaky(f)}np {f.Np}, {(f.Step is { } step ? Invariant($"step {step}") : "before step 0")}: {f.Detail}")
        : Invariant($"{f.Check}: {Flaky(f)}np {f.Np}, step {f.Step}, sequence {f.Sequence} in slot {Slot(f)}, position {f.Position}, ")
            + Invariant($"logit of token {f.Logit}: expected {f.Expected:G9}, actual {f.Actual:G9}, ")
            + Invariant($"allowed difference {f.Allowed:G3}; {f.RowsWrong} of {f.RowsCompared} rows wrong ({f.Detail})");

    private static string Flaky(Finding f) => f.FailedRuns is null
        ? ""
        : Invariant($"fails {f.FailedRuns} of {f.Runs} runs of the same schedule")
            + (f.Check == DeterminismCheck.CheckName ? ": not deterministic; " : "; ");

    private static string OfKernel(Finding f) => $"{f.Check}: {f.Engine}, case {f.Case}, {f.Where}"
        + (f.Detail is null ? "" : f.Runs is null ? $" {f.Detail}" : $", {f.Detail}")
        + (f.Actual is null || f.Detail is not null ? "" : Invariant($" expected {f.Expected:g7} actual {f.Actual:g7}"))
        + (f.Allowed > 0 ? Invariant($" error {f.Error:g2} allowed {f.Allowed:g2}") : "")
        + (f.Worst is null || f.Worst == f.Where ? "" : $", the worst at {f.Worst}")
        + (f.Also is null ? "" : $"; also {f.Also}");

    private static string OfRound(Finding f) =>
        Invariant($"np {f.Np}, {f.Scenario}")
        + (f.Sequence is null ? "" : Invariant($": request {f.Sequence}{(f.Slot is null ? "" : Invariant($" (slot {f.Slot})"))}"))
        + (f.Position is null ? "" : Invariant($", token {f.Position}") + Tokens(f))
        + $": {f.Detail}"
        + (f.Donor is null ? "" : Invariant($"; from request {f.Donor}: {f.DonorEvidence}"));

    private static string Tokens(Finding f) => f.ExpectedToken == f.ActualToken
        ? $", {f.ActualToken} as expected"
        : $": expected {f.ExpectedToken}, actual {f.ActualToken}";

    private static string Slot(Finding f) => f.Slot?.ToString(CultureInfo.InvariantCulture) ?? "?";
}
