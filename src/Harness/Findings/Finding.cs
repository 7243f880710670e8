using Gdn.Harness.Checks;
using Gdn.Harness.Checks.Attribution;
using Gdn.Harness.Schedules;

namespace Gdn.Harness.Findings;

/// <summary>A failure as it is reported: the smallest case that shows it, and the evidence.</summary>
/// <param name="Id">Short name, unique within a report; also the name of the replay file.</param>
/// <param name="Replay">The evidence, and what <c>replay</c> needs to show it again.</param>
/// <param name="Cause">What explains it; null where no logits are wrong.</param>
public sealed record Finding(string Id, ReplayFile Replay, FindingCause? Cause = null)
{
    /// <summary>Shrinks a failing case, schedule first and model then, and looks for its cause.</summary>
    /// <param name="seed">Seed of the run.</param>
    /// <param name="left">Time that is left for it; null for as long as it does well.</param>
    public static Finding Shrink(
        ModelCase @case, CheckFailure failure, ulong seed, TimeSpan? left, CancellationToken cancellation)
    {
        (ModelCase smallest, Discrepancy discrepancy) = ModelCaseShrinker.Shrink(@case, failure, left, cancellation);
        FindingCause? cause = FindingCause.Of(smallest, failure.Check, cancellation);
        string id = $"{failure.Check.Name}-np{smallest.Schedule.Slots}-{seed:x}";
        return new Finding(
            id,
            new ReplayFile
            {
                Schema = ReplayFile.CurrentSchema,
                Engine = smallest.Engine.Name,
                Model = smallest.Model.Name,
                ModelSha256 = smallest.Model.Sha256,
                Check = failure.Check.Name,
                Seed = seed,
                Summary = discrepancy.Summary,
                Cause = cause?.State.ToString(),
                Layer = cause?.Layer?.ToString(),
                Steps = ScheduleText.Describe(smallest.Schedule),
                Schedule = smallest.Schedule,
            },
            cause);
    }
}
