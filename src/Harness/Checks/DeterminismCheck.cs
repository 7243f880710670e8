namespace Gdn.Harness.Checks;

/// <summary>The same schedule on another new engine gives the same bits. It cannot see races that the scheduler hides.</summary>
public sealed class DeterminismCheck()
    : VariantCheck(CheckName, "bits, when run again on a new engine", isExact: true)
{
    /// <summary>Its name.</summary>
    public const string CheckName = "determinism";

    /// <inheritdoc/>
    internal override IEnumerable<Variant> VariantsOf(ModelCase @case) =>
        [new Variant(@case.Schedule, [.. Enumerable.Range(0, @case.Schedule.RowCount).Select(row => (row, row))])];
}
