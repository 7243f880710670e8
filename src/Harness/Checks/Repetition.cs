using System.Diagnostics;

namespace Gdn.Harness.Checks;

/// <summary>How often a check fails that is run again and again on the same schedule, each time on new engines.</summary>
/// <param name="Failed">Runs that failed.</param>
/// <param name="Runs">Runs.</param>
/// <param name="First">What the first of those that failed shows; null where none did.</param>
public sealed record Repetition(int Failed, int Runs, Discrepancy? First)
{
    /// <summary>Whether every run failed.</summary>
    public bool IsCertain => Failed == Runs;

    /// <summary>Runs a check several times.</summary>
    /// <param name="case">The case.</param>
    /// <param name="check">The check.</param>
    /// <param name="runs">How often at most.</param>
    /// <param name="limit">No run but the first starts later than this; null for no limit.</param>
    /// <param name="cancellation">Ends it after the first run.</param>
    public static Repetition Of(
        ModelCase @case, IModelCheck check, int runs, TimeSpan? limit, CancellationToken cancellation)
    {
        var watch = Stopwatch.StartNew();
        Repetition repetition = new(0, 0, null);
        try
        {
            do repetition = repetition.With(check.RunGuarded(@case.Again(), cancellation));
            while (repetition.Runs < runs && !(watch.Elapsed > limit));
        }
        catch (OperationCanceledException) when (repetition.Runs > 0)
        {
            // The runs so far count.
        }

        return repetition;
    }

    /// <summary>With one run more.</summary>
    public Repetition With(CheckOutcome outcome) => outcome.Discrepancy is { } discrepancy
        ? new Repetition(Failed + 1, Runs + 1, First ?? discrepancy)
        : this with { Runs = Runs + 1 };
}
