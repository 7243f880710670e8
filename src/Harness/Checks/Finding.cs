using Gdn.Harness.Schedules;

namespace Gdn.Harness.Checks;

/// <summary>A failure as it is reported: the smallest case that shows it, and the evidence.</summary>
/// <param name="Id">Short name, unique within a report; also the name of the replay file.</param>
/// <param name="Replay">The evidence, and what <c>replay</c> needs to show it again.</param>
public sealed record Finding(string Id, ReplayFile Replay)
{
    /// <summary>Shrinks a failing case.</summary>
    public static Finding Shrink(
        ModelCase @case, CheckFailure failure, ulong seed, CancellationToken cancellation)
    {
        (IModelCheck check, Discrepancy discrepancy) = failure;
        Schedule smallest = @case.Schedule;
        try
        {
            smallest = ScheduleShrinker.Shrink(@case.Schedule, @case.Limits, candidate =>
            {
                if (check.RunGuarded(@case.With(candidate), cancellation).Discrepancy is not { } smaller) return false;
                discrepancy = smaller;
                return true;
            });
        }
        catch (OperationCanceledException)
        {
            // Cancelled while shrinking: the case as it was found is evidence enough.
        }

        string id = $"{check.Name}-np{smallest.Slots}-{seed:x}";
        return new Finding(id, new ReplayFile
        {
            Schema = ReplayFile.CurrentSchema,
            Engine = @case.Engine.Name,
            Model = @case.Model.Name,
            ModelSha256 = @case.Model.Sha256,
            Check = check.Name,
            Seed = seed,
            Summary = discrepancy.Summary,
            Steps = ScheduleText.Describe(smallest),
            Schedule = smallest,
        });
    }
}
