namespace Gdn.Harness.Checks;

/// <summary>
/// Every logit is as the reference in double precision has it, within what rounding explains on this case
/// (<see cref="Oracle"/>).
/// </summary>
public sealed class DifferentialCheck : IModelCheck
{
    /// <inheritdoc/>
    public string Name => "differential";

    /// <inheritdoc/>
    public CheckOutcome Run(ModelCase @case, CancellationToken cancellation)
    {
        IReadOnlyList<LogitsRow> rows = @case.Rows(cancellation);
        IReadOnlyList<OracleRow> oracle = @case.OracleRows(cancellation);
        var comparison = new RowComparison(Name, @case.Schedule, "against the reference in double precision");
        for (int r = 0; r < rows.Count; r++) comparison.AddWithin(oracle[r], rows[r]);
        return comparison.Outcome;
    }
}
