using Gdn.Harness.Faults.Seamed;
using static Gdn.Harness.Faults.Planted;

namespace Gdn.Harness.Faults;

/// <summary>Faults in linear layers behind an attention layer that show only where something else comes with it.</summary>
internal static class TwoAxisLayers
{
    public static IReadOnlyList<Fault> All { get; } =
    [
        InMemory<RowMapOfAttention>(
            "row-map-of-attention", "a linear layer behind attention takes its row map, which is sorted by length",
            "modelled on sglang #23975", 2)
            .Needing("a linear layer behind an attention layer", "rows of unlike length"),
        InMemory<PlanesUntilAttention>(
            "planes-until-attention", "linear layers behind attention keep the last state alone",
            "modelled on llama.cpp #28123")
            .Needing("a linear layer behind an attention layer", "a rejection"),
    ];

    private sealed class RowMapOfAttention : PassMemory
    {
        public override Route[] RowsOf(Route[] rows, int attentionLayers)
        {
            if (attentionLayers == 0) return rows;
            Route[] sorted = [.. rows.OrderByDescending(row => row.Count)];
            return [.. rows.Select((row, r) => sorted[r] with { Count = row.Count, Planes = row.Planes })];
        }
    }

    private sealed class PlanesUntilAttention : PassMemory
    {
        public override Route[] RowsOf(Route[] rows, int attentionLayers) =>
            attentionLayers == 0 ? rows : [.. rows.Select(row => row with { Planes = 1 })];
    }
}
