using System.Text.Json;
using System.Text.Json.Nodes;

namespace Gdn.Harness.History;

/// <summary>What of a report later runs are compared by: perplexities, speeds, counts of findings, times.</summary>
internal static class HistoryMetrics
{
    // Columns of tables that hold a figure, and those that say of what.
    private static readonly (string Table, string[] Keys, (string Column, string Title)[] Figures)[] Known =
    [
        ("perplexity", ["engine", "path", "sequences"], [("perplexity", "PPL")]),
        ("throughput", ["engine", "sequences", "depth"], [("promptRate", "S_PP t/s"), ("answerRate", "S_TG t/s")]),
    ];

    /// <summary>Its figures; no two have the same name.</summary>
    public static IReadOnlyList<HistoryMetric> Of(JsonObject report) =>
    [
        .. Rows(report).Concat(Parts(report)).Where(metric => double.IsFinite(metric.Value)).DistinctBy(metric => metric.Name),
        new HistoryMetric("findings", HistoryRun.Objects(report["findings"]).Count()),
    ];

    private static IEnumerable<HistoryMetric> Rows(JsonObject report) =>
        from row in HistoryRun.Objects(report["rows"])
        from known in Known
        where HistoryRun.Text(row["table"]) == known.Table
        let of = string.Join(", ", known.Keys.Select(key => row[key]).OfType<JsonNode>().Select(node => $"{node}"))
        from figure in known.Figures
        let value = Number(row[figure.Column])
        where value is not null
        select new HistoryMetric($"{figure.Title}, {of}", value.Value);

    private static IEnumerable<HistoryMetric> Parts(JsonObject report) =>
        from part in HistoryRun.Objects(report["parts"])
        let seconds = Number(part["seconds"])
        where seconds is not null
        select new HistoryMetric($"seconds, {HistoryRun.Text(part["name"])}", seconds.Value);

    private static double? Number(JsonNode? node) =>
        node is JsonValue value && value.GetValueKind() == JsonValueKind.Number ? value.GetValue<double>() : null;
}
