using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;
using Gdn.Reference;

namespace Gdn.Harness.Throughput;

/// <summary>
/// What llama-bench, llama-batched-bench or llama-sweep-bench of llama.cpp or ik_llama.cpp printed: tables, CSV, JSON, or a JSON object a line.
/// </summary>
/// <remarks>The forks put the same tables on different streams, among other lines; so both are read together.</remarks>
internal static partial class BenchToolOutput
{
    private const int ShownOfStrangeOutput = 120;
    private const string Remedy = "name llama-bench, llama-batched-bench or llama-sweep-bench, with -o md, csv, json or jsonl where it asks";

    /// <summary>Reads the rows, in order.</summary>
    /// <param name="tool">Name of the program, for errors.</param>
    /// <param name="output">What it printed.</param>
    /// <exception cref="EnvironmentException">There are none, or one that cannot be read.</exception>
    public static IReadOnlyList<BenchRow> Parse(string tool, string output)
    {
        string[] lines = [.. output.Split('\n').Select(line => line.Trim())];
        try
        {
            BenchRow[] rows = [.. Tables(lines), .. Csv(lines), .. JsonRows(lines)];
            return rows.Length > 0
                ? rows
                : throw new EnvironmentException(tool, $"it does not print what the benchmarks of llama.cpp do; {LastOf(lines)}", Remedy);
        }
        catch (Exception e) when (e is FormatException or JsonException or KeyNotFoundException or InvalidOperationException or OverflowException)
        {
            throw new EnvironmentException(tool, $"it prints what cannot be read: {e.Message}", Remedy, e);
        }
    }

    /// <summary>Lines that say that something was run in another way than asked for, each once.</summary>
    public static IReadOnlyList<string> Fallbacks(string output) =>
        [.. FallbackLine().Matches(output).Select(line => line.Value.Trim()).Distinct()];

    private static IEnumerable<BenchRow> Tables(string[] lines)
    {
        string[]? titles = null;
        foreach (string line in lines)
        {
            // Other lines stand between rows: what a program has to say goes to the same stream.
            if (line is not ['|', .. var inner, '|']) continue;
            string[] cells = [.. inner.Split('|').Select(cell => cell.Trim())];
            if (cells.Contains("S_PP t/s") || cells.Contains("t/s")) titles = cells;
            else if (titles is not null && !cells.All(cell => cell.All(c => c is '-' or ':' or ' '))) yield return RowOf(Fields(titles, cells, line));
        }
    }

    private static IEnumerable<BenchRow> Csv(string[] lines)
    {
        int header = Array.FindIndex(lines, line => line.StartsWith("build_commit,", StringComparison.Ordinal));
        if (header < 0) yield break;
        string[] titles = lines[header].Split(',');
        foreach (string line in lines.Skip(header + 1).TakeWhile(line => line.StartsWith('"')))
            yield return RowOf(Fields(titles, [.. CsvCell().Matches(line).Select(cell => cell.Groups[1].Value)], line));
    }

    // An array over several lines, or an object in each.
    private static IEnumerable<BenchRow> JsonRows(string[] lines)
    {
        int start = Array.IndexOf(lines, "["), end = Array.LastIndexOf(lines, "]");
        if (start >= 0 && end > start)
        {
            using var array = JsonDocument.Parse(string.Join('\n', lines[start..(end + 1)]));
            foreach (JsonElement element in array.RootElement.EnumerateArray()) yield return RowOf(Fields(element));
            yield break;
        }

        foreach (string line in lines.Where(line => line.StartsWith("{\"", StringComparison.Ordinal)))
        {
            using var row = JsonDocument.Parse(line);
            yield return RowOf(Fields(row.RootElement));
        }
    }

    private static Dictionary<string, string> Fields(string[] titles, string[] cells, string line) => cells.Length == titles.Length
        ? titles.Zip(cells).GroupBy(pair => pair.First).ToDictionary(group => group.Key, group => group.First().Second)
        : throw new FormatException($"{cells.Length} cells under {titles.Length} titles: {Shown(line)}");

    private static Dictionary<string, string> Fields(JsonElement row) => row.EnumerateObject()
        .Where(field => field.Value.ValueKind is JsonValueKind.Number or JsonValueKind.String)
        .ToDictionary(field => field.Name, field => field.Value.ToString());

    // The programs have three sets of names.
    private static BenchRow RowOf(Dictionary<string, string> fields)
    {
        if (fields.ContainsKey("S_PP t/s"))
            return Both(fields, "PP", "TG", "B", "N_KV", "S_PP t/s", "S_TG t/s");
        if (fields.ContainsKey("speed_pp"))
            return Both(fields, "pp", "tg", "pl", "n_kv", "speed_pp", "speed_tg");
        if (fields.TryGetValue("test", out string? test) && TestName().Match(test) is { Success: true } match)
        {
            int? Group(string name) => match.Groups[name] is { Success: true } group ? Whole(group.Value) : null;
            return One(Group("pp"), Group("tg"), Group("depth") ?? 0, Rate((fields.GetValueOrDefault("t/s") ?? fields["avg_ts"]).Split('±')[0]));
        }

        return One(
            Positive(fields["n_prompt"]), Positive(fields["n_gen"]), fields.TryGetValue("n_depth", out string? depth) ? Whole(depth) : 0,
            Rate(fields["avg_ts"]));
    }

    private static BenchRow Both(
        Dictionary<string, string> fields, string prompt, string answer, string sequences, string depth, string promptRate, string answerRate) =>
        new(new BenchTest(
                Whole(fields[prompt]), Whole(fields[answer]), fields.TryGetValue(sequences, out string? count) ? Whole(count) : 1, Whole(fields[depth])),
            Rate(fields[promptRate]), Rate(fields[answerRate]));

    private static BenchRow One(int? prompt, int? answer, int depth, double rate) => (prompt, answer) switch
    {
        (not null, null) => new BenchRow(new BenchTest(prompt, null, 1, depth), rate, null),
        (null, not null) => new BenchRow(new BenchTest(null, answer, 1, depth), null, rate),
        _ => throw new FormatException("a test of prompt and answer together; use -p and -n without -pg"),
    };

    private static int? Positive(string text) => Whole(text) is > 0 and var value ? value : null;

    private static int Whole(string text) => int.TryParse(text.Trim(), NumberStyles.None, CultureInfo.InvariantCulture, out int value)
        ? value
        : throw new FormatException($"'{Shown(text)}' is not a number of tokens");

    private static double Rate(string text) =>
        double.TryParse(text.Trim(), NumberStyles.Float, CultureInfo.InvariantCulture, out double value) && value is > 0 and < 1e12
            ? value
            : throw new FormatException($"'{Shown(text)}' is not a speed");

    private static string LastOf(string[] lines) =>
        lines.LastOrDefault(line => line.Length > 0) is { } last ? $"its last line is: {Shown(last)}" : "it printed nothing";

    private static string Shown(string text) => text[..Math.Min(text.Length, ShownOfStrangeOutput)];

    [GeneratedRegex(@"^(?:pp(?<pp>\d+))?(?:\+?tg(?<tg>\d+))?(?: @ d(?<depth>\d+))?$", RegexOptions.CultureInvariant)]
    private static partial Regex TestName();

    [GeneratedRegex("^.*falling back.*$", RegexOptions.CultureInvariant | RegexOptions.IgnoreCase | RegexOptions.Multiline)]
    private static partial Regex FallbackLine();

    [GeneratedRegex("\"([^\"]*)\"", RegexOptions.CultureInvariant)]
    private static partial Regex CsvCell();
}
