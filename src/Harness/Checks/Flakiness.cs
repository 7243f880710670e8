namespace Gdn.Harness.Checks;

/// <summary>Does a failure show in every run of the same schedule? How often is asked, before it is made small and after.</summary>
internal static class Flakiness
{
    /// <summary>What a failure that shows only sometimes is worth in shrinking.</summary>
    public static readonly TimeSpan MostForShrinking = TimeSpan.FromSeconds(30);

    // A failure that shows in 9 of 10 runs is told from one that always shows with a probability of 65%, and on the smallest
    // case, which costs little to run, with 99%.
    private const int RunsBefore = 10, RunsAfter = 50;

    // Of what shows in one of n runs, this many times n runs show something with a probability of 95%.
    private const int Patience = 3, MostRunsToSee = 20;

    private static readonly TimeSpan LimitBefore = TimeSpan.FromSeconds(2), LimitAfter = TimeSpan.FromSeconds(3);

    // Every run that ends in a death costs a process.
    private static readonly TimeSpan LimitOfDeaths = TimeSpan.FromSeconds(1);

    /// <summary>How many runs it takes to see a failure again: 1 where every run fails.</summary>
    public static int RunsToSee(ModelCase @case, CheckFailure failure, CancellationToken cancellation)
    {
        Repetition seen = Of(@case, failure.Check, failure.Discrepancy, RunsBefore, LimitBefore, cancellation);
        return seen.IsCertain ? 1 : Math.Min(MostRunsToSee, Patience * ((seen.Runs + seen.Failed - 1) / seen.Failed));
    }

    /// <summary>How often a case fails, in as many runs as a report should speak of.</summary>
    /// <param name="case">The case.</param>
    /// <param name="check">The check.</param>
    /// <param name="seen">How it has failed once.</param>
    /// <param name="cancellation">Ends it.</param>
    public static Repetition Of(ModelCase @case, IModelCheck check, Discrepancy seen, CancellationToken cancellation) =>
        Of(@case, check, seen, RunsAfter, LimitAfter, cancellation);

    private static Repetition Of(
        ModelCase @case, IModelCheck check, Discrepancy seen, int runs, TimeSpan limit, CancellationToken cancellation)
    {
        var once = new Repetition(1, 1, seen);
        if (check is SurvivalCheck) limit = LimitOfDeaths;
        try
        {
            Repetition more = Repetition.Of(@case, check, runs - 1, limit, cancellation);
            return once with { Failed = 1 + more.Failed, Runs = 1 + more.Runs };
        }
        catch (OperationCanceledException)
        {
            return once;
        }
    }
}
