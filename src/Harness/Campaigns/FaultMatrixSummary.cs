using static System.FormattableString;

namespace Gdn.Harness.Campaigns;

/// <summary>A matrix in a few words: single faults, controls, and faults that need two axes.</summary>
/// <param name="rows">Its rows.</param>
public sealed class FaultMatrixSummary(IReadOnlyList<FaultRow> rows)
{
    /// <inheritdoc/>
    public override string ToString()
    {
        FaultRow[] single = [.. rows.Where(row => !row.IsControl && !row.IsTwoAxis)];
        FaultRow[] controls = [.. rows.Where(row => row.IsControl)], twoAxis = [.. rows.Where(row => row.IsTwoAxis)];
        string text = Invariant($"{Caught(single)}, {Hit(controls)} of {controls.Length} controls flagged{Shrunk(single)}");
        return twoAxis.Length == 0 ? text : Invariant($"{text}. Two axes: {Caught(twoAxis)}{Shrunk(twoAxis)}");
    }

    private static string Caught(FaultRow[] faults) => Invariant($"{Hit(faults)} of {faults.Length} faults caught");

    private static int Hit(FaultRow[] rows) => rows.Count(row => row.Hits.Count > 0);

    private static string Shrunk(FaultRow[] faults)
    {
        ShrunkFault[] shrunk = [.. faults.Select(row => row.Shrunk).OfType<ShrunkFault>()];
        if (shrunk.Length == 0) return "";
        bool[] named = [.. shrunk.Select(fault => fault.NamesCause).OfType<bool>()];
        return Invariant($"; median shrunk schedule: steps {Median(shrunk.Select(fault => fault.Steps))}, ")
            + Invariant($"sequences {Median(shrunk.Select(fault => fault.Sequences))}; ")
            + Invariant($"cause named for {named.Count(isNamed => isNamed)} of {named.Length} faults that have one");
    }

    // The upper one of two.
    private static int Median(IEnumerable<int> values) => values.Order().ElementAt(values.Count() / 2);
}
