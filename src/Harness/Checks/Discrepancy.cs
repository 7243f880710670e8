namespace Gdn.Harness.Checks;

/// <summary>What a check holds against an engine: the first wrong value, and how much else is wrong.</summary>
/// <param name="Check">The check.</param>
/// <param name="Slots">np of the schedule.</param>
/// <param name="Origin">The row.</param>
/// <param name="Token">Vocabulary index of the logit; -1 when the engine failed.</param>
/// <param name="Expected">What it should be.</param>
/// <param name="Actual">What it is.</param>
/// <param name="Allowed">How far apart the two may be; 0 where bits must be equal.</param>
/// <param name="WrongRows">Rows with any wrong logit.</param>
/// <param name="Rows">Rows compared.</param>
/// <param name="Note">What was compared, in words.</param>
public sealed record Discrepancy(
    string Check, int Slots, RowOrigin Origin, int Token, double Expected, double Actual, double Allowed,
    int WrongRows, int Rows, string Note)
{
    private const double SingleUnit = 1.0 / (1 << 24);

    /// <summary>How it shows.</summary>
    public Symptom Symptom { get; init; } = new(
        double.IsFinite(Expected) && double.IsFinite(Actual) ? SymptomKind.WrongLogits : SymptomKind.NotANumber);

    /// <summary>
    /// How many times what is allowed the difference is, or, where bits must be equal, what single precision tells apart; infinite
    /// where there are no two numbers to compare.
    /// </summary>
    public double Excess
    {
        get
        {
            double excess = Math.Abs(Expected - Actual) / Math.Max(Allowed, SingleUnit * Math.Max(1, Math.Abs(Expected)));
            return double.IsNaN(excess) ? double.PositiveInfinity : excess;
        }
    }

    /// <summary>
    /// Whether this shows on a smaller case what another shows on a larger one: in the same check, in the same way, and about as
    /// clearly. The square root lies half way, in orders of magnitude, between just too much and as wrong as the other.
    /// </summary>
    public bool IsSameFailure(Discrepancy larger) =>
        Check == larger.Check && Symptom == larger.Symptom && Excess >= Math.Sqrt(larger.Excess);
}
