using System.Runtime.ExceptionServices;
using Gdn.Reference.Engines;

namespace Gdn.Harness.Checks;

/// <summary>A check that a case failed.</summary>
/// <param name="Check">The check.</param>
/// <param name="Discrepancy">What is wrong.</param>
public sealed record CheckFailure(IModelCheck Check, Discrepancy Discrepancy);

/// <summary>The result of a case.</summary>
/// <param name="Case">The case.</param>
/// <param name="Rows">Rows of logits compared, over all checks.</param>
/// <param name="Ties">Rows left out.</param>
/// <param name="Failures">Failed checks, strongest first.</param>
/// <param name="Counters">What the engine counted on the case's own schedule; zero where it failed.</param>
public sealed record CaseResult(
    ModelCase Case, int Rows, int Ties, IReadOnlyList<CheckFailure> Failures, EngineCounters Counters = default);

/// <summary>Runs cases on all cores.</summary>
internal static class ModelCaseRunner
{
    /// <summary>Runs the checks on each case; results come in the order of the cases.</summary>
    /// <param name="cases">Makers of the cases, called on the threads that run them.</param>
    /// <param name="checks">What to check.</param>
    /// <param name="caseDone">Called after each case, from any thread.</param>
    /// <param name="cancellation">Leaves out the cases not finished by then.</param>
    public static IReadOnlyList<CaseResult> Run(
        IReadOnlyList<Func<ModelCase>> cases, IReadOnlyList<IModelCheck> checks, Action<CaseResult>? caseDone,
        CancellationToken cancellation)
    {
        var results = new CaseResult?[cases.Count];
        var parallel = new ParallelOptions { MaxDegreeOfParallelism = Environment.ProcessorCount };
        try
        {
            Parallel.For(0, cases.Count, parallel, i =>
            {
                try
                {
                    CaseResult result = Run(cases[i], checks, cancellation);
                    results[i] = result;
                    caseDone?.Invoke(result);
                }
                catch (OperationCanceledException)
                {
                    // Left out.
                }
            });
        }
        catch (AggregateException e)
        {
            // Whatever no check can judge, such as a model that the engine refuses, ends the run with its own message.
            ExceptionDispatchInfo.Throw(e.InnerExceptions[0]);
        }

        return [.. results.OfType<CaseResult>()];
    }

    private static CaseResult Run(Func<ModelCase> make, IReadOnlyList<IModelCheck> checks, CancellationToken cancellation)
    {
        // Making a case may take an engine, and so may every case after the end.
        cancellation.ThrowIfCancellationRequested();
        ModelCase @case = make();
        if (SurvivalCheck.DeathOf(@case, cancellation) is { } death) return new CaseResult(@case, 0, 0, [death]);
        int rows = 0, ties = 0;
        var failures = new List<CheckFailure>();
        try
        {
            foreach (IModelCheck check in checks)
            {
                cancellation.ThrowIfCancellationRequested();
                CheckOutcome outcome = check.RunGuarded(@case, cancellation);
                LargeGarbage.CollectIfDue();
                rows += outcome.Rows;
                ties += outcome.Ties;
                if (outcome.Discrepancy is { } discrepancy) failures.Add(new CheckFailure(check, discrepancy));
                // Every other check would only fail for the same reason.
                if (check is PlayCheck && failures.Count > 0) break;
            }
        }
        catch (OperationCanceledException) when (failures.Count > 0)
        {
            // What has been found counts.
        }

        return new CaseResult(@case.WithoutRuns(), rows, ties, failures, @case.Counters);
    }
}
