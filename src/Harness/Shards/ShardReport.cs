using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using Gdn.Harness.Findings;
using Gdn.Harness.Reports;
using Gdn.Reference;

namespace Gdn.Harness.Shards;

/// <summary>The report of one shard, as <c>--json</c> has written it.</summary>
internal sealed record ShardReport
{
    private const int MaxBytes = 1 << 28;
    private const string Kind = "the report of a shard", Remedy = "give the --json of runs with --shard i/n";

    private static readonly JsonSerializerOptions Options = new(JsonSerializerDefaults.Web)
    {
        NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals,
        Converters = { new JsonStringEnumConverter(JsonNamingPolicy.KebabCaseLower) },
    };

    /// <summary>Its file.</summary>
    public required string Path { get; init; }

    /// <summary>Its number, from 1.</summary>
    public required int Index { get; init; }

    /// <summary>How many shards there are.</summary>
    public required int Count { get; init; }

    /// <summary>The seed of all of them.</summary>
    public required ulong Seed { get; init; }

    /// <summary>The command.</summary>
    public required string Command { get; init; }

    /// <summary>The tool's version.</summary>
    public required string Tool { get; init; }

    /// <summary>What decides what is run.</summary>
    public required IReadOnlyList<string> Arguments { get; init; }

    /// <summary>What it did, without tables and findings.</summary>
    public required IReadOnlyList<Part> Parts { get; init; }

    /// <summary>What it did not do.</summary>
    public required IReadOnlyList<LeftOut> LeftOut { get; init; }

    /// <summary>What it found.</summary>
    public required IReadOnlyList<Finding> Findings { get; init; }

    // As it stands in the file.
    private sealed record Content(
        string Command, ulong Seed, string? Shard, IReadOnlyList<string>? Arguments, IReadOnlyList<PartContent> Parts, IReadOnlyList<LeftOut> LeftOut,
        IReadOnlyList<Finding> Findings, EnvironmentContent Environment);

    private sealed record PartContent(string Name, Verdict Verdict, string Basis, double Seconds, IReadOnlyList<string> Head);

    private sealed record EnvironmentContent(string Tool);

    /// <summary>Reads a file; null where a shard died before it had written all of it.</summary>
    /// <exception cref="InputException">It is something else.</exception>
    public static ShardReport? Read(string path)
    {
        if (new FileInfo(path) is not { Exists: true, Length: > 0 }) return null;
        byte[] bytes = InputFile.ReadBytes(path, Kind, MaxBytes);
        if (!IsWhole(bytes)) return null;
        Content content;
        try
        {
            content = JsonSerializer.Deserialize<Content>(bytes, Options) ?? throw new JsonException("it is null");
        }
        catch (JsonException e)
        {
            throw new InputException(path, $"it is not {Kind} ({OutsideText.OneLine(e.Message)})", Remedy, e);
        }

        if (content.Command is null || content.Parts is null || content.Findings is null || content.Environment?.Tool is null)
            throw new InputException(path, $"it is not {Kind}", Remedy);
        (int index, int count) = NumberOf(path, content.Shard);
        return new ShardReport
        {
            Path = path,
            Index = index,
            Count = count,
            Seed = content.Seed,
            Command = content.Command,
            Tool = content.Environment.Tool,
            Arguments = content.Arguments ?? [],
            Parts =
            [
                .. content.Parts.Select(part => new Part(part.Name, part.Verdict, part.Basis)
                {
                    Head = part.Head,
                    Duration = TimeSpan.FromSeconds(part.Seconds),
                }),
            ],
            LeftOut = content.LeftOut ?? [],
            Findings = content.Findings,
        };
    }

    private static (int Index, int Count) NumberOf(string path, string? shard) =>
        shard?.Split('/') is [var first, var second]
        && int.TryParse(first, NumberStyles.None, CultureInfo.InvariantCulture, out int index)
        && int.TryParse(second, NumberStyles.None, CultureInfo.InvariantCulture, out int count) && index >= 1 && index <= count
            ? (index, count)
            : throw new InputException(path, "it is not the report of a shard", Remedy);

    private static bool IsWhole(byte[] bytes)
    {
        try
        {
            return JsonNode.Parse(bytes) is not null;
        }
        catch (JsonException)
        {
            return false;
        }
    }
}
