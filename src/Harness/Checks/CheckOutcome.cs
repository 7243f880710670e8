namespace Gdn.Harness.Checks;

/// <summary>The result of a check of one schedule.</summary>
/// <param name="Rows">Rows of logits compared; 0 when the check does not apply to the schedule.</param>
/// <param name="Ties">Rows left out because another choice of expert would have been right too.</param>
/// <param name="Discrepancy">What is wrong, or null.</param>
public readonly record struct CheckOutcome(int Rows, int Ties, Discrepancy? Discrepancy)
{
    /// <summary>The outcome of a check that has nothing to compare.</summary>
    public static CheckOutcome NotApplicable => default;
}
