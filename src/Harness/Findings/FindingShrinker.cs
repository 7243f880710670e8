using System.Diagnostics;
using Gdn.Harness.Checks;
using Gdn.Harness.Checks.Attribution;
using Gdn.Harness.Schedules;

namespace Gdn.Harness.Findings;

/// <summary>
/// Makes a finding of a failing schedule: the smallest that fails in the same way for the same cause, as far as that is known. May
/// take minutes.
/// </summary>
public static class FindingShrinker
{
    /// <summary>Shrinks a failing case, schedule first and model then, and looks for its cause.</summary>
    /// <param name="case">The case.</param>
    /// <param name="failure">The check that it fails.</param>
    /// <param name="seed">Seed of the run.</param>
    /// <param name="left">Time that is left for it; null for as long as it does well.</param>
    /// <param name="cancellation">Ends it with the smallest case so far.</param>
    public static Finding Shrink(
        ModelCase @case, CheckFailure failure, ulong seed, TimeSpan? left, CancellationToken cancellation)
    {
        (ModelCase smallest, Discrepancy discrepancy) = ShrinkToCause(@case, failure, left, cancellation);
        FindingCause? cause = FindingCause.Of(smallest, failure.Check, cancellation);
        Finding finding = Finding.Of(
            $"{failure.Check.Name}-np{smallest.Schedule.Slots}-{seed:x}", smallest.Engine.Name, discrepancy, cause) with
        {
            Steps = ScheduleText.Describe(smallest.Schedule),
        };
        return finding with
        {
            Replay = ReplayFile.Of(finding, seed) with
            {
                Model = smallest.Model.Reference,
                ModelSha256 = smallest.Model.Sha256,
                Schedule = smallest.Schedule,
            },
        };
    }

    // To look for the cause of every smaller case would cost more than it brings: few change it. If shrinking has come to another,
    // it begins anew and looks each time.
    private static (ModelCase Case, Discrepancy Discrepancy) ShrinkToCause(
        ModelCase @case, CheckFailure failure, TimeSpan? left, CancellationToken cancellation)
    {
        var watch = Stopwatch.StartNew();
        StateAttribution? StateOf(ModelCase candidate) => FindingCause.StateOf(candidate, failure.Check, cancellation);
        (ModelCase Case, Discrepancy Discrepancy) smallest =
            ModelCaseShrinker.Shrink(@case, failure, _ => true, left, cancellation);
        return StateOf(@case) is not { } original || original.MayBe(StateOf(smallest.Case))
            ? smallest
            : ModelCaseShrinker.Shrink(
                @case, failure, candidate => original.MayBe(StateOf(candidate)), left - watch.Elapsed, cancellation);
    }
}
