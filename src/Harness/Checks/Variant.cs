using Gdn.Harness.Schedules;

namespace Gdn.Harness.Checks;

/// <summary>A schedule made from another, and which of their rows must agree.</summary>
/// <param name="Schedule">The schedule.</param>
/// <param name="Pairs">Indices of rows: of the schedule that it was made from, and of this one.</param>
public sealed record Variant(Schedule Schedule, IReadOnlyList<(int Row, int VariantRow)> Pairs)
{
    /// <summary>Every row of the original with every row of the variant that the same tokens lead to.</summary>
    public static Variant OfSameHistories(Schedule original, Schedule variant)
    {
        var root = new TokenHistory();
        ILookup<TokenHistory, int> rows = HistoryFollower.RowsOf(variant, root)
            .Select((history, row) => (history, row)).ToLookup(pair => pair.history, pair => pair.row);
        return new Variant(
            variant,
            [.. HistoryFollower.RowsOf(original, root).SelectMany((history, row) => rows[history].Select(other => (row, other)))]);
    }
}
