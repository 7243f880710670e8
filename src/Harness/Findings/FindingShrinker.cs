using System.Diagnostics;
using Gdn.Harness.Checks;
using Gdn.Harness.Checks.Attribution;
using Gdn.Harness.Schedules;

namespace Gdn.Harness.Findings;

/// <summary>
/// Makes a finding of a failing schedule: the smallest that fails in the same way for the same cause, as far as that is known. May
/// take minutes. A failure that does not show in every run of the same schedule is a finding of its own.
/// </summary>
public static class FindingShrinker
{
    /// <summary>Shrinks a failing case, schedule first and model then, and looks for its cause.</summary>
    /// <param name="case">The case.</param>
    /// <param name="failure">The check that it fails.</param>
    /// <param name="seed">Seed of the run.</param>
    /// <param name="left">Time that is left for it; null for as long as it does well.</param>
    /// <param name="cancellation">Ends it with the smallest case so far.</param>
    /// <param name="seen">Fingerprints of findings so far: one more of the same is made only as small as it takes to tell.</param>
    public static Finding Shrink(
        ModelCase @case, CheckFailure failure, ulong seed, TimeSpan? left, CancellationToken cancellation,
        IReadOnlyCollection<string>? seen = null)
    {
        var watch = Stopwatch.StartNew();
        var recurrence = new Recurrence(failure.Check, seen ?? [], cancellation);
        int runs = Flakiness.RunsToSee(@case, failure, cancellation);
        (ModelCase smallest, Discrepancy discrepancy) = runs == 1
            ? ShrinkToCause(@case, failure, left - watch.Elapsed, recurrence, cancellation)
            : ModelCaseShrinker.Shrink(
                @case, failure, _ => true, runs, ShrinkingTime.Of(left - watch.Elapsed, Flakiness.MostForShrinking), cancellation);
        Repetition repetition = recurrence.Seen == smallest
            ? new Repetition(1, 1, discrepancy)
            : Flakiness.Of(smallest, failure.Check, discrepancy, cancellation);
        // One run that fails by chance explains nothing.
        FindingCause? cause = repetition.IsCertain ? FindingCause.Of(smallest, failure.Check, cancellation) : null;
        Finding finding = Finding.Of(
            $"{failure.Check.Name}-np{smallest.Schedule.Slots}-{seed:x}", smallest.Engine.Name, discrepancy, cause) with
        {
            Steps = ScheduleText.Describe(smallest.Schedule),
        };
        if (!repetition.IsCertain)
            finding = finding with
            {
                Check = smallest.Capabilities.IsReproducible ? DeterminismCheck.CheckName : finding.Check,
                FailedRuns = repetition.Failed,
                Runs = repetition.Runs,
            };
        finding = finding with { Fingerprint = Fingerprint.Of(finding, smallest.Schedule) };
        return finding with
        {
            Replay = ReplayFile.Of(finding, seed) with
            {
                // What is run again is the check that failed.
                Check = failure.Check.Name,
                Model = smallest.Model.Reference,
                ModelSha256 = smallest.Model.Sha256,
                Schedule = smallest.Schedule,
            },
        };
    }

    // To look for the cause of every smaller case would cost more than it brings: few change it. If shrinking has come to another,
    // it begins anew and looks each time.
    private static (ModelCase Case, Discrepancy Discrepancy) ShrinkToCause(
        ModelCase @case, CheckFailure failure, TimeSpan? left, Recurrence recurrence, CancellationToken cancellation)
    {
        var watch = Stopwatch.StartNew();
        StateAttribution? StateOf(ModelCase candidate) => FindingCause.StateOf(candidate, failure.Check, cancellation);
        (ModelCase Case, Discrepancy Discrepancy) smallest =
            ModelCaseShrinker.Shrink(@case, failure, _ => true, runs: 1, left, cancellation, recurrence.Is);
        return StateOf(@case) is not { } original || original.MayBe(StateOf(smallest.Case))
            ? smallest
            : ModelCaseShrinker.Shrink(
                @case, failure, candidate => original.MayBe(StateOf(candidate)), runs: 1, left - watch.Elapsed, cancellation);
    }
}
