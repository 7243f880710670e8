using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using Gdn.Harness.Engines.Isolation;
using Gdn.Harness.Schedules;
using Gdn.Harness.Traffic;
using Gdn.Reference;
using Gdn.Reference.Batches;

namespace Gdn.Harness.Findings;

/// <summary>
/// A finding that anyone can run again: the engine, the check, and a schedule on a model, first in words and then as data,
/// or a kernel case, or a round of requests to a server.
/// </summary>
public sealed record ReplayFile
{
    /// <summary>The version of the format that this build writes, and the newest that it reads; 2 added the step refuse and the layer, 3 the slots of requests.</summary>
    public const int CurrentSchema = 3;

    /// <summary>What precedes the address of a server in <see cref="Engine"/>.</summary>
    public const string ServerPrefix = "server:";

    private const int OldestSchema = 1;

    private const int MaxBytes = 16 << 20;

    private const string Kind = "a replay file", Remedy = "give one that this tool has written";

    private static readonly JsonSerializerOptions Options = new(StrictJson.Options)
    {
        WriteIndented = true,
        IndentSize = 1,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        AllowOutOfOrderMetadataProperties = true,
        Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    /// <summary>Version of the format.</summary>
    public required int Schema { get; init; }

    /// <summary>The engine that was found dirty, by a name that holds in any folder.</summary>
    public required string Engine { get; init; }

    /// <summary>The check that failed.</summary>
    public required string Check { get; init; }

    /// <summary>Seed of the run that found it.</summary>
    public required ulong Seed { get; init; }

    /// <summary>What was found, in one line.</summary>
    public required string Summary { get; init; }

    /// <summary>Which wrong state explains it, in words; not read back.</summary>
    public string? Cause { get; init; }

    /// <summary>The first wrong layer, in words; not read back.</summary>
    public string? Layer { get; init; }

    /// <summary>A kernel case as text; null for a schedule.</summary>
    public string? KernelCase { get; init; }

    /// <summary>The model of a schedule, by a name that holds in any folder.</summary>
    public string? Model { get; init; }

    /// <summary>SHA-256 of the model file.</summary>
    public string? ModelSha256 { get; init; }

    /// <summary>The schedule in words; not read back.</summary>
    public IReadOnlyList<string> Steps { get; init; } = [];

    /// <summary>The schedule; null for anything else.</summary>
    public Schedule? Schedule { get; init; }

    /// <summary>The round of requests; null for anything else.</summary>
    public LiveRound? Round { get; init; }

    /// <summary>
    /// Whether the engine is code that the file names, or a server: not to be run, or asked, because a file says so.
    /// </summary>
    [JsonIgnore]
    public bool NeedsTrust => ForeignEngines.Includes(Engine) || Engine.StartsWith(ServerPrefix, StringComparison.Ordinal);

    /// <summary>What a finding says, still without the case that shows it again.</summary>
    public static ReplayFile Of(Finding finding, ulong seed) => new()
    {
        Schema = CurrentSchema,
        Engine = ForeignEngines.Absolute(finding.Engine),
        Check = finding.Check,
        Seed = seed,
        Summary = finding.Summary,
        Cause = finding.Cause,
        Layer = finding.Layer,
        Steps = finding.Steps,
    };

    /// <summary>Writes the file whole or not at all.</summary>
    public void Write(string path) => AtomicFile.Write(path, Text());

    /// <summary>Writes the file under a name that no other run has; returns its path.</summary>
    public string Save(string path) => AtomicFile.Add(path, Text());

    /// <summary>Reads a file.</summary>
    /// <exception cref="InputException">It cannot be read, is not a replay file, or of a newer format.</exception>
    public static ReplayFile Read(string path) => Parse(path, InputFile.ReadBytes(path, Kind, MaxBytes));

    /// <summary>Reads a file that is in memory.</summary>
    /// <param name="name">Its name, for errors.</param>
    /// <param name="json">Its bytes.</param>
    /// <exception cref="InputException">It is not a replay file, or of a newer format.</exception>
    public static ReplayFile Parse(string name, ReadOnlyMemory<byte> json)
    {
        RequireSchema(name, json);
        ReplayFile file = StrictJson.Read<ReplayFile>(name, json, Options, Kind, Remedy);
        bool isSchedule = file.Schedule is not null && file.Model is not null && file.ModelSha256 is not null;
        int contents = (isSchedule ? 1 : 0) + (file.KernelCase is null ? 0 : 1) + (file.Round is null ? 0 : 1);
        return contents == 1
            ? file
            : throw new InputException(
                name, "it contains neither a schedule with its model nor a kernel case nor a round, or several of them", Remedy);
    }

    /// <summary>The schedule, once it is sure that it can be played on a model.</summary>
    /// <param name="name">The file's name, for errors.</param>
    /// <param name="limitsOf">What the model takes with a number of slots.</param>
    /// <exception cref="InputException">It cannot; the message names the step.</exception>
    public Schedule PlayableSchedule(string name, Func<int, BatchLimits> limitsOf)
    {
        const int most = 64;
        Schedule schedule = Schedule ?? throw new InvalidOperationException("The file holds a kernel case.");
        if (schedule.Slots is < 1 or > most)
            throw new InputException($"{name}: slots", $"{schedule.Slots} is out of range", $"use 1 to {most}");
        if (schedule.Planes is < 1 or > most)
            throw new InputException($"{name}: planes", $"{schedule.Planes} is out of range", $"use 1 to {most}");
        try
        {
            ScheduleTracker.Validate(schedule, limitsOf(schedule.Slots));
            return schedule;
        }
        catch (InputException e)
        {
            throw new InputException($"{name}: {e.Where}", e.Problem, e.Remedy, e);
        }
    }

    private string Text() => JsonSerializer.Serialize(this, Options) + "\n";

    // The version comes first, so that a newer file is called newer and not broken.
    private static void RequireSchema(string name, ReadOnlyMemory<byte> json)
    {
        if (StrictJson.Read<JsonNode>(name, json, StrictJson.Options, Kind, Remedy) is not JsonObject file
            || file["schema"] is not JsonValue schema || !schema.TryGetValue(out int version))
            throw new InputException($"{name}: schema", "it is missing, or not a number", "give a replay file that this tool has written");
        if (version is < OldestSchema or > CurrentSchema)
            throw new InputException(
                $"{name}: schema", $"this build reads versions {OldestSchema} to {CurrentSchema}, not {version}",
                version > CurrentSchema ? "use a newer build" : "find it again with this build");
    }
}
