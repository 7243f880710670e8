using Gdn.Harness.Checks.Attribution;
using Gdn.Harness.Schedules;

namespace Gdn.Harness.Checks;

/// <summary>A failure as it is reported: the smallest case that shows it, and the evidence.</summary>
/// <param name="Id">Short name, unique within a report; also the name of the replay file.</param>
/// <param name="Replay">The evidence, and what <c>replay</c> needs to show it again.</param>
/// <param name="Cause">Which wrong state explains it; null where no logits are wrong.</param>
public sealed record Finding(string Id, ReplayFile Replay, StateAttribution? Cause = null)
{
    /// <summary>Shrinks a failing case, schedule first and model then, and looks for its cause.</summary>
    /// <param name="seed">Seed of the run.</param>
    /// <param name="limit">How long shrinking may take, or less; null for as long as it does well.</param>
    public static Finding Shrink(
        ModelCase @case, CheckFailure failure, ulong seed, TimeSpan? limit, CancellationToken cancellation)
    {
        (ModelCase smallest, Discrepancy discrepancy) = CaseShrinker.Shrink(@case, failure, limit, cancellation);
        StateAttribution? cause = CauseOf(smallest, failure.Check, cancellation);
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
                Cause = cause?.ToString(),
                Steps = ScheduleText.Describe(smallest.Schedule),
                Schedule = smallest.Schedule,
            },
            cause);
    }

    /// <summary>Which wrong state explains a failure; null where no logits are wrong.</summary>
    public static StateAttribution? CauseOf(ModelCase @case, IModelCheck check, CancellationToken cancellation)
    {
        // Where the schedule itself is answered rightly, one that the check has made of it is not.
        IEnumerable<Schedule> played = check is VariantCheck variants
            ? variants.VariantsOf(@case).Select(variant => variant.Schedule).Prepend(@case.Schedule)
            : [@case.Schedule];
        try
        {
            return played.Select(schedule => Attributor.Explain(
                    schedule == @case.Schedule ? @case : @case.With(schedule), cancellation))
                .FirstOrDefault(cause => cause is not null);
        }
        catch (Exception e) when (e is EngineFailedException or OperationCanceledException)
        {
            return null;
        }
    }
}
