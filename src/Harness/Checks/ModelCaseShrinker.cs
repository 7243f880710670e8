using Gdn.Harness.Models;
using Gdn.Harness.Schedules;
using Gdn.Reference;

namespace Gdn.Harness.Checks;

/// <summary>Makes a failing case small: its schedule, and then its model.</summary>
internal static class ModelCaseShrinker
{
    // Every death costs a new process, and every hang the time until it is one.
    private static readonly TimeSpan DeathLimit = TimeSpan.FromMinutes(1);

    // A slow engine, or a large model, must not hold up a report for long.
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(2);

    /// <summary>Shrinks until nothing simpler fails the same check, or for some time.</summary>
    /// <returns>The smallest case, and how it fails.</returns>
    public static (ModelCase Case, Discrepancy Discrepancy) Shrink(
        ModelCase @case, CheckFailure failure, TimeSpan? left, CancellationToken cancellation)
    {
        (IModelCheck check, Discrepancy discrepancy) = failure;
        using var limited = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        limited.CancelAfter(ShrinkingTime.Of(left, most: check is SurvivalCheck ? DeathLimit : Limit));

        ModelCase smallest = @case;
        bool Fails(ModelCase candidate)
        {
            limited.Token.ThrowIfCancellationRequested();
            if (check.RunGuarded(candidate, limited.Token).Discrepancy is not { } smaller) return false;
            (smallest, discrepancy) = (candidate, smaller);
            return true;
        }

        try
        {
            ScheduleShrinker.Shrink(@case.Schedule, @case.Rules, schedule => Fails(@case.With(schedule)));
            if (Smaller(smallest).FirstOrDefault(Fails) is { } small)
                ScheduleShrinker.Shrink(small.Schedule, small.Rules, schedule => Fails(small.With(schedule)));
        }
        catch (OperationCanceledException)
        {
            // The smallest case so far is evidence enough.
        }

        return (smallest, discrepancy);
    }

    // The same schedule on small random models of the family, the smallest first. An engine may refuse them.
    private static IEnumerable<ModelCase> Smaller(ModelCase @case)
    {
        foreach (string name in LoadedModel.Smaller(@case.Model))
        {
            ModelCase? smaller = null;
            try
            {
                smaller = @case.On(LoadedModel.Load(name));
                smaller.Run(CancellationToken.None);
            }
            catch (InputException)
            {
                continue;
            }
            catch (EngineFailedException)
            {
                // That may be the failure.
            }

            if (smaller is not null) yield return smaller;
        }
    }
}
