using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Gdn.Harness.Reports;
using Gdn.Harness.Reports.Writers;
using Gdn.Reference;

namespace Gdn.Harness.History;

/// <summary>A run as the history keeps it: its report, and what is looked for in it.</summary>
public sealed partial record HistoryRun
{
    private const string Kind = "a report", Remedy = "give a report that --json has written, or a file of history export";
    private const int Digits = 16;

    private static readonly JsonSerializerOptions Reading = new(StrictJson.Options);

    private HistoryRun(string id, string report, JsonObject json) => (Id, Report, Json) = (id, report, json);

    /// <summary>Names the run; made of its report, so that the same report is kept once.</summary>
    public string Id { get; }

    /// <summary>The report, as <c>--json</c> writes it.</summary>
    public string Report { get; }

    /// <summary>When the report was made.</summary>
    public required DateTimeOffset Time { get; init; }

    /// <summary>The command.</summary>
    public required string Command { get; init; }

    /// <summary>Its verdict.</summary>
    public required Verdict Verdict { get; init; }

    /// <summary>What was run on what, in a line: engine, model with its hash.</summary>
    public required string Subject { get; init; }

    /// <summary>The machine, as far as figures depend on it: processor, cores, vectors, graphics cards.</summary>
    public required string Machine { get; init; }

    /// <summary>The commit of the sources; null where none is known.</summary>
    public string? Commit { get; init; }

    /// <summary>The tool's version.</summary>
    public required string Tool { get; init; }

    /// <summary>Names all runs that can be compared: of the same command, arguments, engine and models on a like machine.</summary>
    public required string Series { get; init; }

    /// <summary>What later runs can be compared by.</summary>
    public IReadOnlyList<HistoryMetric> Metrics => HistoryMetrics.Of(Json);

    /// <summary>Fingerprints of its findings.</summary>
    public IReadOnlyList<string> Fingerprints =>
        [.. Objects(Json["findings"]).Select(finding => Text(finding["fingerprint"])).OfType<string>().Distinct()];

    private JsonObject Json { get; }

    /// <summary>The run that a report is about.</summary>
    public static HistoryRun Of(Report report)
    {
        using var text = new StringWriter(CultureInfo.InvariantCulture);
        new JsonWriter().Write(report, text);
        return Read("report", $"{text}");
    }

    /// <summary>Reads a report that was written as JSON.</summary>
    /// <param name="name">Name of its file, for errors.</param>
    /// <param name="report">Its text.</param>
    /// <exception cref="InputException">It is something else.</exception>
    public static HistoryRun Read(string name, string report)
    {
        byte[] bytes = Encoding.UTF8.GetBytes(report);
        JsonObject json = StrictJson.Read<JsonObject>(name, bytes, Reading, Kind, Remedy);
        string Field(string field) => Text(json[field]) ?? throw new InputException($"{name}: {field}", "it is missing", Remedy);
        if (!DateTimeOffset.TryParse(Field("time"), CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out DateTimeOffset time))
            throw new InputException($"{name}: time", $"'{Field("time")}' is no time", Remedy);
        if (!Enum.TryParse(Field("verdict"), ignoreCase: true, out Verdict verdict) || !Enum.IsDefined(verdict))
            throw new InputException($"{name}: verdict", $"'{Field("verdict")}' is no verdict", Remedy);
        string[] heads = [.. Objects(json["parts"]).SelectMany(part => Texts(part["head"])).Select(Timeless).Where(head => head.Length > 0)];
        JsonObject where = json["environment"] as JsonObject ?? [];
        string machine = string.Create(
            CultureInfo.InvariantCulture,
            $"{Text(where["processor"]) ?? "unknown processor"}, {where["cores"]} cores, vectors of {where["vectorBits"]} bits")
            + (Text(where["accelerator"]) is { } cards ? $", {cards}" : "");
        string command = Field("command");
        string id = HashOf([JsonSerializer.Serialize(json)]);
        return new HistoryRun(id, report, json)
        {
            Time = time,
            Command = command,
            Verdict = verdict,
            Subject = heads.FirstOrDefault() ?? "",
            Machine = machine,
            Commit = Text(json["commit"]),
            Tool = Text(where["tool"]) ?? "unknown",
            // What the graphics card's driver does to speed is what one looks for.
            Series = HashOf([command, DriverOf().Replace(machine, ""), Text(where["system"])?.Split(' ')[^1] ?? "", .. Texts(json["arguments"]), .. heads]),
        };
    }

    internal static IEnumerable<JsonObject> Objects(JsonNode? node) => (node as JsonArray ?? []).OfType<JsonObject>();

    internal static string? Text(JsonNode? node) =>
        node is JsonValue value && value.GetValueKind() == JsonValueKind.String ? value.GetValue<string>() : null;

    private static IEnumerable<string> Texts(JsonNode? node) => (node as JsonArray ?? []).Select(Text).OfType<string>();

    // Seeds differ from run to run, and the load of the machine does.
    private static string Timeless(string head) => Passing().Replace(head, "").Trim(' ', ';', ',');

    private static string HashOf(IEnumerable<string> texts) =>
        Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(string.Join('\n', texts))))[..Digits];

    [GeneratedRegex(@",? ?seed \d+|machine: .*$")]
    private static partial Regex Passing();

    [GeneratedRegex(@", driver [^,]*$")]
    private static partial Regex DriverOf();
}
