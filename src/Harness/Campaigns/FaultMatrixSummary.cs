using System.Globalization;

namespace Gdn.Harness.Campaigns;

/// <summary>A matrix in one line.</summary>
/// <param name="rows">Its rows.</param>
public sealed class FaultMatrixSummary(IReadOnlyList<FaultRow> rows)
{
    private IEnumerable<ShrunkFault> Shrunk => rows.Select(row => row.Shrunk).OfType<ShrunkFault>();

    /// <inheritdoc/>
    public override string ToString()
    {
        FaultRow[] faults = [.. rows.Where(row => !row.IsControl)], controls = [.. rows.Where(row => row.IsControl)];
        string text = string.Create(
            CultureInfo.InvariantCulture,
            $"{Hit(faults)} of {faults.Length} faults caught, {Hit(controls)} of {controls.Length} controls flagged");
        bool[] named = [.. Shrunk.Select(shrunk => shrunk.NamesCause).OfType<bool>()];
        return !Shrunk.Any() ? text : text + string.Create(
            CultureInfo.InvariantCulture,
            $"; median shrunk schedule: steps {Median(s => s.Steps)}, sequences {Median(s => s.Sequences)}; "
            + $"cause named for {named.Count(isNamed => isNamed)} of {named.Length} faults that have one");
    }

    private static int Hit(FaultRow[] rows) => rows.Count(row => row.Hits.Count > 0);

    // The upper one of two.
    private int Median(Func<ShrunkFault, int> size) => Shrunk.Select(size).Order().ElementAt(Shrunk.Count() / 2);
}
