using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using Gdn.Harness.Checks;

namespace Gdn.Harness.Reports;

/// <summary>A finding in a report.</summary>
/// <param name="Id">Unique within the report.</param>
/// <param name="Check">The check that failed.</param>
/// <param name="Summary">The evidence in one line.</param>
/// <param name="Replay">The replay file, or null when none was written.</param>
public sealed record ReportFinding(string Id, string Check, string Summary, string? Replay);

/// <summary>What a command found, for machines: the content of <c>--json</c>.</summary>
/// <param name="Command">The command.</param>
/// <param name="Verdict">What it comes to.</param>
/// <param name="Seed">Seed of the run.</param>
/// <param name="Rows">Rows of the printed tables; their columns depend on the command.</param>
/// <param name="Findings">Findings.</param>
public sealed record Report(
    string Command, Verdict Verdict, ulong Seed, IReadOnlyList<object> Rows, IReadOnlyList<ReportFinding> Findings)
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

    /// <summary>The report as JSON text.</summary>
    public string ToJson() => JsonSerializer.Serialize(this, Options);

    /// <summary>Writes the findings' replay files into a folder, and says where they are.</summary>
    public static IReadOnlyList<ReportFinding> Save(IReadOnlyList<Finding> findings, string folder)
    {
        if (findings.Count > 0) Directory.CreateDirectory(folder);
        return [.. findings.Select(finding =>
        {
            string path = Path.Combine(folder, finding.Id + ".json");
            finding.Replay.Write(path);
            return new ReportFinding(finding.Id, finding.Discrepancy.Check, finding.Discrepancy.Summary, path);
        })];
    }
}
