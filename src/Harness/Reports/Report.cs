using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;

namespace Gdn.Harness.Reports;

/// <summary>A finding in a report.</summary>
/// <param name="Id">Unique within the report.</param>
/// <param name="Check">The check that failed.</param>
/// <param name="Summary">The evidence in one line.</param>
/// <param name="Replay">The replay file.</param>
/// <param name="Cause">Which wrong state explains it, in words; null where no logits are wrong.</param>
/// <param name="Layer">The first wrong layer, in words; null where it is not known.</param>
public sealed record ReportFinding(
    string Id, string Check, string Summary, string Replay, string? Cause = null, string? Layer = null);

/// <summary>A part of a command's work.</summary>
/// <param name="Name">What it is.</param>
/// <param name="Verdict">What it comes to.</param>
/// <param name="Reason">What the verdict rests on.</param>
/// <param name="Seconds">How long it took.</param>
public sealed record ReportPart(string Name, Verdict Verdict, string Reason, double Seconds);

/// <summary>What a command found, for machines: the content of <c>--json</c>.</summary>
/// <param name="Command">The command.</param>
/// <param name="Verdict">What it comes to.</param>
/// <param name="Seed">Seed of the run.</param>
/// <param name="Parts">What it did.</param>
/// <param name="Rows">Rows of the printed tables, each with the name of its part; other columns depend on the part.</param>
/// <param name="Findings">Findings.</param>
public sealed record Report(
    string Command, Verdict Verdict, ulong Seed, IReadOnlyList<ReportPart> Parts, IReadOnlyList<JsonObject> Rows,
    IReadOnlyList<ReportFinding> Findings)
{
    private static readonly JsonSerializerOptions Options = new(JsonSerializerDefaults.Web)
    {
        WriteIndented = true,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        Converters = { new JsonStringEnumConverter(JsonNamingPolicy.KebabCaseLower) },
    };

    /// <summary>Version of the format.</summary>
    [JsonPropertyOrder(-1)]
    public int Schema { get; } = 1;

    /// <summary>Where it was run.</summary>
    public RunEnvironment Environment { get; } = RunEnvironment.Current;

    /// <summary>A row of a part's table.</summary>
    public static JsonObject Row(string part, object row)
    {
        JsonObject json = JsonSerializer.SerializeToNode(row, row.GetType(), Options)!.AsObject();
        json.Insert(0, "part", part);
        return json;
    }

    /// <summary>The report as JSON text.</summary>
    public string ToJson() => JsonSerializer.Serialize(this, Options);
}
