using System.Text.Json;
using System.Text.Json.Serialization;
using Gdn.Reference;

namespace Gdn.Harness.Gate;

/// <summary>What the exit code says where nothing was found, but not everything could be run.</summary>
public enum InconclusiveMeans
{
    /// <summary>Neither: it has an exit code of its own.</summary>
    Undecided,

    /// <summary>It lets a change pass.</summary>
    Pass,

    /// <summary>It stops a change.</summary>
    Fail,
}

/// <summary>How the gate is set: the content of <c>ci/gate.json</c>, which docs/schema/gate.json describes.</summary>
public sealed record GateConfig
{
    private const string EmbeddedName = "gate.json";

    private const int MaxBytes = 1 << 20;

    private const string Kind = "a gate settings file", Remedy = "docs/schema/gate.json describes every field, ci/gate.json is an example";

    private static readonly JsonSerializerOptions Options = new(StrictJson.Options)
    {
        Converters = { new JsonStringEnumConverter<InconclusiveMeans>(JsonNamingPolicy.CamelCase, allowIntegerValues: false) },
    };

    /// <summary>For editors: where the schema of the file is.</summary>
    [JsonPropertyName("$schema")]
    public string? Schema { get; init; }

    /// <summary>The engine to judge.</summary>
    public string Engine { get; init; } = "cpu";

    /// <summary>Names everything random.</summary>
    public required ulong Seed { get; init; }

    /// <summary>File of known findings, relative to this one; null for none.</summary>
    public string? Known { get; init; }

    /// <summary>What the exit code says of an inconclusive run.</summary>
    public InconclusiveMeans Inconclusive { get; init; }

    /// <summary>What is run.</summary>
    public required GateParts Parts { get; init; }

    /// <summary>What is run with <c>--profile quick</c>; null if there is no quick run.</summary>
    public GateParts? Quick { get; init; }

    /// <summary>The folder to which paths are relative; null for the shipped settings, which have none.</summary>
    [JsonIgnore]
    public string? Folder { get; private init; }

    /// <summary>Reads a file, or the settings that the tool ships with.</summary>
    /// <exception cref="InputException">The file cannot be read, or a field is missing, unknown or out of range.</exception>
    public static GateConfig Load(string? path)
    {
        if (path is null) return Parse("shipped gate settings", Embedded());
        byte[] json = InputFile.ReadBytes(path, Kind, MaxBytes);
        return Parse(path, json) with { Folder = Path.GetDirectoryName(Path.GetFullPath(path)) };
    }

    /// <summary>Reads settings that are in memory.</summary>
    /// <param name="name">Name of the file, for errors.</param>
    /// <param name="json">Its bytes.</param>
    /// <exception cref="InputException">A field is missing, unknown or out of range.</exception>
    internal static GateConfig Parse(string name, byte[] json)
    {
        GateConfig config = StrictJson.Read<GateConfig>(name, json, Options, Kind, Remedy);
        Validate($"{name}: parts", config.Parts);
        if (config.Quick is { } quick) Validate($"{name}: quick", quick);
        return config;
    }

    /// <summary>A path or name of the settings as it holds in any folder: a file beside the settings, or what it was.</summary>
    public string Resolve(string name) =>
        Folder is { } folder && Path.Combine(folder, name) is var path && Path.Exists(path) ? path : name;

    /// <summary>The name of an engine, whose library or folder may lie beside the settings.</summary>
    public string ResolveEngine(string engine)
    {
        if (engine.Split(':', 2) is not [var kind, var rest]) return engine;
        // Options follow the path.
        int end = rest.IndexOfAny([',', '+', ':']);
        string path = end < 0 ? rest : rest[..end];
        return $"{kind}:{Resolve(path)}{rest[path.Length..]}";
    }

    private static byte[] Embedded()
    {
        using Stream stream = typeof(GateConfig).Assembly.GetManifestResourceStream(EmbeddedName)
            ?? throw new InvalidOperationException($"The build did not embed {EmbeddedName}.");
        var bytes = new byte[stream.Length];
        stream.ReadExactly(bytes);
        return bytes;
    }

    private static void Validate(string where, GateParts parts)
    {
        if (!parts.Named.Any()) throw new InputException(where, "it names no part", "name at least one, for example schedules");
        foreach ((string name, GatePart part) in parts.Named)
        {
            foreach ((string field, int value, int least) in part.Numbers.Append(("seconds", part.Seconds, 1)))
                if (value < least)
                    throw new InputException($"{where}.{name}.{field}", $"{value} is too small", $"it must be at least {least}");
            if (part is SchedulesPart { Models.Count: 0 })
                throw new InputException($"{where}.{name}.models", "it is empty", "name at least one model");
        }
    }
}
