using Gdn.Harness.Models;
using Gdn.Harness.Reports;
using Gdn.Harness.Throughput;
using Gdn.Reference.Engines;
using static System.FormattableString;

namespace Gdn.Harness.Campaigns;

/// <summary>
/// Two engines, or two builds of one, side by side: first whether they are right, and then, if both are, how fast each is.
/// </summary>
/// <param name="First">A: what the other is compared with.</param>
/// <param name="Second">B.</param>
/// <param name="Model">The model.</param>
/// <param name="Workloads">What is timed.</param>
/// <param name="Seed">Fixes traffic, orders and resamples.</param>
public sealed record CompareCampaign(
    IEngineFactory First, IEngineFactory Second, LoadedModel Model, IReadOnlyList<Workload> Workloads, ulong Seed)
    : ComparisonCampaign(Workloads, Seed)
{
    // Many a state is mixed up with three sequences, and not with two.
    private const int LeastBleed = 3;

    /// <summary>A, slower by <see cref="ComparisonCampaign.PlantedShare"/>: a comparison has to find that. Null to do without.</summary>
    public IEngineFactory? Planted { get; init; }

    /// <inheritdoc/>
    public override string Name => $"compare, {Model.Name}";

    /// <inheritdoc/>
    public override IReadOnlyList<string> Head =>
    [
        $"A {First.Name}",
        $"B {Second.Name}",
        Invariant($"model {Model.Name} (sha256 {Model.Sha256[..12]}), seed {Seed}"),
        $"machine: {RunEnvironment.Current.Machine}",
    ];

    /// <inheritdoc/>
    protected override async Task<Part> PlayAsync(ICampaignProgress progress, CancellationToken cancellation)
    {
        var checks = new CompareChecks(
            new CorrectnessFirst([First, Second], Model, Math.Max(LeastBleed, Workloads.Max(workload => workload.Slots)), Seed));
        CheckedFirst before = await checks.RunAsync(Policy, progress, cancellation);
        return Compare(
            new EngineSubject(First, Model), new EngineSubject(Second, Model), Planted is null ? null : new EngineSubject(Planted, Model), before,
            progress, cancellation);
    }
}
