using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using Gdn.Harness.Reports;
using Gdn.Harness.Reports.Writers;
using Gdn.Reference;

namespace Gdn.Harness.Campaigns;

/// <summary>A report that <c>--json</c> has written: its rows, and what they depend on.</summary>
internal sealed partial class SavedReport
{
    private const int MaxBytes = 1 << 28;
    private const string Kind = "a report", Remedy = "give what --json of throughput, ppl or compare has written";

    private SavedReport(string path, IReadOnlyList<SavedRow> rows, IReadOnlyList<string> heads, string machine)
    {
        (Path, Rows, Heads, Machine) = (path, rows, heads, machine);
    }

    /// <summary>Its file.</summary>
    public string Path { get; }

    /// <summary>The rows of all tables.</summary>
    public IReadOnlyList<SavedRow> Rows { get; }

    /// <summary>What was run on what, in lines.</summary>
    public IReadOnlyList<string> Heads { get; }

    /// <summary>What durations depend on, but for the load.</summary>
    public string Machine { get; }

    /// <summary>The models that were run: by content where that is known, else by name.</summary>
    public IReadOnlySet<string> Models => Heads.SelectMany(head => ModelName().Matches(head))
        .Select(match => match.Groups["sha"] is { Success: true } sha ? $"sha256 {sha.Value}" : match.Groups["name"].Value).ToHashSet();

    /// <summary>The text that perplexities are of; null where there are none.</summary>
    public string? Text => Heads.FirstOrDefault(head => head.StartsWith("text ", StringComparison.Ordinal));

    /// <summary>Reads a file.</summary>
    /// <exception cref="InputException">It cannot be read, or is no report.</exception>
    public static SavedReport Read(string path) => Parse(path, InputFile.ReadBytes(path, Kind, MaxBytes));

    /// <summary>What a report would be if it were saved.</summary>
    /// <param name="name">What to call it.</param>
    /// <param name="report">The report.</param>
    public static SavedReport Of(string name, Report report)
    {
        var text = new StringWriter();
        new JsonWriter().Write(report, text);
        return Parse(name, Encoding.UTF8.GetBytes($"{text}"));
    }

    private static SavedReport Parse(string path, byte[] bytes)
    {
        try
        {
            using var document = JsonDocument.Parse(bytes);
            JsonElement root = document.RootElement;
            if (root.GetProperty("schema").GetInt32() != JsonWriter.Schema)
                throw new InputException($"'{path}'", $"its schema {root.GetProperty("schema")} is unknown", "make it again with this version");
            JsonElement machine = root.GetProperty("environment");
            string Of(string key) => machine.TryGetProperty(key, out JsonElement value) && value.ValueKind != JsonValueKind.Null
                ? OutsideText.OneLine($"{value}")
                : $"unknown {key}";
            return new SavedReport(
                path,
                [.. root.GetProperty("rows").EnumerateArray().Select(SavedRow.Of)],
                [.. root.GetProperty("parts").EnumerateArray()
                    .SelectMany(part => part.GetProperty("head").EnumerateArray()).Select(line => line.GetString() ?? "")],
                $"{Of("processor")}, {Of("cores")} cores, vectors of {Of("vectorBits")} bits, accelerator: {Of("accelerator")}");
        }
        catch (Exception e) when (e is JsonException or KeyNotFoundException or InvalidOperationException or FormatException)
        {
            throw new InputException($"'{path}'", $"it is no report ({OutsideText.OneLine(e.Message)})", Remedy, e);
        }
    }

    [GeneratedRegex(@"\bmodel (?<name>[^,(]*[^,( ])(?: \(sha256 (?<sha>[0-9a-f]+)\))?", RegexOptions.CultureInvariant)]
    private static partial Regex ModelName();
}
