using Gdn.Reference;

namespace Gdn.Harness.Gate;

/// <summary>What the gate runs: the content of <c>ci/gate.json</c>.</summary>
public sealed record GateConfig
{
    private const string EmbeddedName = "gate.json";

    private const int MaxBytes = 1 << 20;

    private const string Kind = "a gate settings file";

    /// <summary>The engine to judge.</summary>
    public required string Engine { get; init; }

    /// <summary>Names everything random.</summary>
    public required ulong Seed { get; init; }

    /// <summary>Random cases of the delta rule alone; 0 for an engine without a kernel of its own.</summary>
    public required int KernelCases { get; init; }

    /// <summary>Models that random schedules run on.</summary>
    public required IReadOnlyList<string> Models { get; init; }

    /// <summary>Random schedules on each.</summary>
    public required int SchedulesPerModel { get; init; }

    /// <summary>np that schedules take in turn, as on the command line.</summary>
    public required string ScheduleNp { get; init; }

    /// <summary>The model of the bleed sweep.</summary>
    public required string BleedModel { get; init; }

    /// <summary>np of the bleed sweep.</summary>
    public required string BleedNp { get; init; }

    /// <summary>Rounds per np and scenario.</summary>
    public required int BleedRounds { get; init; }

    /// <summary>Reads a file, or the settings that the tool ships with.</summary>
    /// <exception cref="InputException">The file cannot be read, or a field is missing, unknown or out of range.</exception>
    public static GateConfig Load(string? path)
    {
        string name = path ?? "shipped gate settings";
        return Parse(name, path is null ? Embedded() : InputFile.ReadBytes(path, Kind, MaxBytes));
    }

    /// <summary>Reads settings that are in memory.</summary>
    /// <param name="name">Name of the file, for errors.</param>
    /// <param name="json">Its bytes.</param>
    /// <exception cref="InputException">A field is missing, unknown or out of range.</exception>
    internal static GateConfig Parse(string name, byte[] json)
    {
        GateConfig config = StrictJson.Read<GateConfig>(name, json, StrictJson.Options, Kind, "see ci/gate.json for an example");
        config.Validate(name);
        return config;
    }

    private static byte[] Embedded()
    {
        using Stream stream = typeof(GateConfig).Assembly.GetManifestResourceStream(EmbeddedName)
            ?? throw new InvalidOperationException($"The build did not embed {EmbeddedName}.");
        var bytes = new byte[stream.Length];
        stream.ReadExactly(bytes);
        return bytes;
    }

    private void Validate(string name)
    {
        foreach ((string field, int value, int least) in (ReadOnlySpan<(string, int, int)>)
            [("kernelCases", KernelCases, 0), ("schedulesPerModel", SchedulesPerModel, 1), ("bleedRounds", BleedRounds, 1)])
            if (value < least)
                throw new InputException($"{name}: {field}", $"{value} is too small", $"it must be at least {least}");
        if (Models.Count == 0) throw new InputException($"{name}: models", "it is empty", "name at least one model");
    }
}
