namespace Gdn.Harness.Checks;

/// <summary>
/// A property of the form: the schedule changed like this leaves these rows as they are. Where both make the same calls of
/// the same shapes, they must be the same bits; else they agree within twice what rounding explains.
/// </summary>
public abstract class VariantCheck : IModelCheck
{
    /// <inheritdoc/>
    public abstract string Name { get; }

    /// <summary>What is compared, in words.</summary>
    protected abstract string Note { get; }

    /// <summary>Whether rows must agree bit for bit, as far as the engine promises that.</summary>
    protected virtual bool IsExact => false;

    /// <inheritdoc/>
    public CheckOutcome Run(ModelCase @case, CancellationToken cancellation)
    {
        var comparison = new RowComparison(Name, @case.Schedule, Note);
        foreach (Variant variant in VariantsOf(@case))
        {
            if (variant.Pairs.Count == 0) continue;
            IReadOnlyList<LogitsRow> rows = @case.Rows(cancellation);
            IReadOnlyList<LogitsRow> others = @case.RowsOf(variant.Schedule, cancellation);
            bool exact = IsExact && @case.Run(cancellation).Info.IsReproducible;
            foreach ((int row, int other) in variant.Pairs)
            {
                if (exact) comparison.AddExact(rows[row].Origin, others[other].Logits, rows[row].Logits);
                else comparison.AddWithinTwice(@case.OracleRows(cancellation)[row], others[other].Logits, rows[row]);
            }
        }

        return comparison.Outcome;
    }

    /// <summary>The changed schedules; none where the check does not apply.</summary>
    internal abstract IEnumerable<Variant> VariantsOf(ModelCase @case);
}
