using Gdn.Harness.Checks;
using Gdn.Harness.Findings;
using Gdn.Harness.Models;
using Gdn.Harness.Schedules;

namespace Gdn.Properties.Support;

/// <summary>A schedule that ships as a past failure, and what it was shrunk from.</summary>
/// <param name="Id">Name of the file, and of the fault that it shows.</param>
internal sealed record PastFailure(string Id)
{
    // Those that a sequence's own answers show need the reference; these do not.
    private static readonly HashSet<string> ByNonInterference =
    [
        "alloc-scratch-alias", "checkpoint-selector", "decode-prefill-slice-order", "draft-armed-slot0", "gr-shape-key",
        "has-initial-state-dropped", "index-namespace-mixup", "inherited-accept-count", "modulo-slot", "one-path-fallback",
        "one-token-first-chunk", "packed-boundary-no-reset", "slot-reuse-no-zero", "snapshot-K-oob",
    ];

    // More value heads than key heads, or larger ones.
    private static readonly HashSet<string> OnSmallModel =
        ["head-map-tiled-vs-grouped", "overlapping-shift-copy", "smem-barrier-missing"];

    /// <summary>All of them.</summary>
    public static IReadOnlyList<PastFailure> All { get; } =
        [.. Directory.EnumerateFiles(Repository.PathOf("ci", "past-failures"), "*.txt").Order(StringComparer.Ordinal)
            .Select(path => new PastFailure(Path.GetFileNameWithoutExtension(path)))];

    /// <summary>The engine with the fault.</summary>
    public string Engine => $"cpu+fault:{Id}";

    /// <summary>The check that found it.</summary>
    public IModelCheck Check => ModelChecks.Named(ByNonInterference.Contains(Id) ? "non-interference" : "differential");

    /// <summary>The model that it was shrunk to.</summary>
    public LoadedModel Model => LoadedModel.Load(OnSmallModel.Contains(Id) ? "synth:qwen35:1:small" : "synth:qwen35:1:tiny");

    /// <summary>Reads the file.</summary>
    public ScheduleFile Read() => PastFailures.Read(Repository.PathOf("ci", "past-failures", $"{Id}.txt"));
}
