using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;

namespace Gdn.Harness.Reports.Writers;

/// <summary>The report for machines: the content of <c>--json</c>.</summary>
public sealed class JsonWriter : IReportWriter
{
    /// <summary>Version of the format.</summary>
    public const int Schema = 1;

    private static readonly JsonSerializerOptions Options = new(JsonSerializerDefaults.Web)
    {
        WriteIndented = true,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals,
        Converters = { new JsonStringEnumConverter(JsonNamingPolicy.KebabCaseLower) },
    };

    // Which fields a finding has depends on its level.
    private static readonly JsonSerializerOptions WithoutNulls =
        new(Options) { DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull };

    /// <inheritdoc/>
    public void Write(Report report, TextWriter output)
    {
        var json = new JsonObject
        {
            ["schema"] = Schema,
            ["command"] = report.Command,
            ["verdict"] = NodeOf(report.Verdict),
            ["seed"] = report.Seed,
            ["time"] = report.Time,
            ["arguments"] = NodeOf(report.Arguments),
            ["shard"] = report.Shard,
            ["commit"] = report.Commit,
            ["parts"] = new JsonArray([.. report.Parts.Select(PartOf)]),
            ["leftOut"] = NodeOf(report.LeftOut),
            ["rows"] = new JsonArray([.. report.Parts.SelectMany(RowsOf)]),
            ["findings"] = new JsonArray(
                [.. report.Findings.Select(finding => JsonSerializer.SerializeToNode(finding, WithoutNulls))]),
            ["knownNotSeen"] = NodeOf(report.NotSeen),
            ["environment"] = NodeOf(report.Environment),
        };
        output.WriteLine(json.ToJsonString(Options));
    }

    private static JsonObject PartOf(Part part) => new()
    {
        ["name"] = part.Name,
        ["verdict"] = NodeOf(part.Verdict),
        ["basis"] = part.Basis,
        ["seconds"] = Math.Round(part.Duration.TotalSeconds, 3),
        ["head"] = NodeOf(part.Head),
        ["notes"] = NodeOf(part.Content.OfType<Note>().Select(note => note.Text).ToArray()),
    };

    private static IEnumerable<JsonNode> RowsOf(Part part) =>
        from table in part.Tables
        from row in table.Rows
        select new JsonObject(
        [
            new("part", part.Name), new("table", table.Name),
            .. table.Columns.Zip(row, (column, cell) => KeyValuePair.Create(column.Key, NodeOf(cell.Value))),
        ]);

    private static JsonNode? NodeOf(object? value) =>
        value is null ? null : JsonSerializer.SerializeToNode(value, value.GetType(), Options);
}
