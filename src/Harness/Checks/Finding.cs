using Gdn.Harness.Schedules;

namespace Gdn.Harness.Checks;

/// <summary>A failure as it is reported: the smallest case that shows it, and the evidence.</summary>
/// <param name="Id">Short name, unique within a report; also the name of the replay file.</param>
/// <param name="Replay">The evidence, and what <c>replay</c> needs to show it again.</param>
public sealed record Finding(string Id, ReplayFile Replay)
{
    // Every death costs a new process, and every hang the time until it is one.
    private static readonly TimeSpan DeathShrinkingLimit = TimeSpan.FromMinutes(1);

    /// <summary>Shrinks a failing case.</summary>
    public static Finding Shrink(
        ModelCase @case, CheckFailure failure, ulong seed, CancellationToken cancellation)
    {
        (IModelCheck check, Discrepancy discrepancy) = failure;
        Schedule smallest = @case.Schedule;
        using var limited = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        if (check is SurvivalCheck) limited.CancelAfter(DeathShrinkingLimit);
        try
        {
            ScheduleShrinker.Shrink(@case.Schedule, @case.Limits, candidate =>
            {
                limited.Token.ThrowIfCancellationRequested();
                if (check.RunGuarded(@case.With(candidate), limited.Token).Discrepancy is not { } smaller) return false;
                (smallest, discrepancy) = (candidate, smaller);
                return true;
            });
        }
        catch (OperationCanceledException)
        {
            // Cancelled while shrinking: the smallest case so far is evidence enough.
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
