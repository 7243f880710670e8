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

    // What an engine that can run a model at all can do with it.
    private static readonly DecodeStep[] Simplest =
        [new DecodeStep([new SequenceRun(0, [1])]), new DecodeStep([new SequenceRun(0, [1, 2])])];

    /// <summary>Shrinks until nothing simpler fails in the same way, or for some time.</summary>
    /// <param name="case">The case.</param>
    /// <param name="failure">How it fails.</param>
    /// <param name="isSame">What else must hold of a smaller case that fails in the same way.</param>
    /// <param name="runs">How often a smaller case is run until it fails: more than once where the failure does not always show.</param>
    /// <param name="left">Time that is left for it; null for as long as it does well.</param>
    /// <param name="cancellation">Ends it with the smallest case so far.</param>
    /// <param name="isSmallEnough">Whether nothing smaller is asked for; null for the smallest.</param>
    /// <returns>The smallest case, and how it fails.</returns>
    public static (ModelCase Case, Discrepancy Discrepancy) Shrink(
        ModelCase @case, CheckFailure failure, Func<ModelCase, bool> isSame, int runs, TimeSpan? left,
        CancellationToken cancellation, Func<ModelCase, Discrepancy, bool>? isSmallEnough = null)
    {
        (IModelCheck check, Discrepancy original) = failure;
        using var limited = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        limited.CancelAfter(ShrinkingTime.Of(left, most: check is SurvivalCheck ? DeathLimit : Limit));

        (ModelCase Case, Discrepancy Discrepancy) smallest = (@case, original);
        bool Fails(ModelCase candidate) => Enumerable.Range(0, runs).Any(run => FailsOnce(run == 0 ? candidate : candidate.Again()));

        bool FailsOnce(ModelCase candidate)
        {
            limited.Token.ThrowIfCancellationRequested();
            if (check.RunGuarded(candidate, limited.Token).Discrepancy is not { } smaller) return false;
            if (!smaller.IsSameFailure(original) || !isSame(candidate)) return false;
            smallest = (candidate, smaller);
            if (isSmallEnough?.Invoke(candidate, smaller) == true) limited.Cancel();
            return true;
        }

        try
        {
            ScheduleShrinker.Shrink(@case.Schedule, @case.Rules, schedule => Fails(@case.With(schedule)));
            if (Smaller(smallest.Case, limited.Token).FirstOrDefault(Fails) is { } small)
                ScheduleShrinker.Shrink(small.Schedule, small.Rules, schedule => Fails(small.With(schedule)));
        }
        catch (OperationCanceledException)
        {
            // The smallest case so far is evidence enough.
        }

        return smallest;
    }

    // The same schedule on small random models of the family, the smallest first.
    private static IEnumerable<ModelCase> Smaller(ModelCase @case, CancellationToken cancellation) => LoadedModel
        .Smaller(@case.Model).Select(name => @case.On(LoadedModel.Load(name))).Where(smaller => Suits(@case, smaller, cancellation));

    // An engine may refuse a model, or be wrong on it in ways of its own: a slip from the failure to another.
    private static bool Suits(ModelCase @case, ModelCase smaller, CancellationToken cancellation)
    {
        var check = new DifferentialCheck();
        Symptom? Of(ModelCase original, DecodeStep step) => check.RunGuarded(
            original.With(original.Schedule with { Steps = [step] }), cancellation).Discrepancy?.Symptom;
        try
        {
            ScheduleTracker.Validate(smaller.Schedule, smaller.Rules);
            return Simplest.All(step => Of(smaller, step) is not { } symptom || symptom == Of(@case, step));
        }
        catch (InputException)
        {
            return false;
        }
    }
}
