using Gdn.Harness.Models;
using Gdn.Harness.Reports;
using Gdn.Harness.Throughput;
using Gdn.Reference.Engines;
using static System.FormattableString;

namespace Gdn.Harness.Campaigns;

/// <summary>
/// Times whole models: reading prompts and answering, by depth, number of sequences and slots, on several engines side by side. Before
/// anything is timed, the engines have to pass <see cref="CorrectnessFirst"/>.
/// </summary>
/// <param name="Engines">The first is what the others are compared with.</param>
/// <param name="Model">The model.</param>
/// <param name="Workloads">What to time; no two alike.</param>
/// <param name="Rounds">Rounds to keep, at least 2.</param>
/// <param name="Seed">Fixes traffic, orders and resamples.</param>
public sealed record ThroughputCampaign(
    IReadOnlyList<IEngineFactory> Engines, LoadedModel Model, IReadOnlyList<Workload> Workloads, int Rounds, ulong Seed)
    : SpeedCampaign(Workloads, Rounds, Seed)
{
    /// <summary>Whether an engine that is slower than the first, by more than the margin, is dirty.</summary>
    public bool SlowerIsWrong { get; init; }

    /// <inheritdoc/>
    public override string Name => $"throughput, {Model.Name}";

    /// <inheritdoc/>
    public override IReadOnlyList<string> Head =>
    [
        .. HeadOf(string.Join(" and ", Engines.Select(engine => engine.Name)), Model, Seed),
        Invariant($"{Rounds} rounds in random order; machine: {RunEnvironment.Current.Machine}"),
    ];

    /// <inheritdoc/>
    protected override async Task<Part> PlayAsync(ICampaignProgress progress, CancellationToken cancellation)
    {
        var correctness = new CorrectnessFirst(Engines, Model, Workloads.Max(workload => workload.Slots), Seed);
        if (await correctness.FirstFailureAsync(this, progress, cancellation) is { } failed) return failed;
        progress.Begin(Name, Rounds);
        var sampler = new SpeedSampler([.. Engines.Select(engine => new EngineSubject(engine, Model))], Workloads, Seed) { Sample = Sample };
        try
        {
            sampler.Run(Rounds, progress.Step, cancellation);
        }
        catch (TimingFailedException e)
        {
            return new Part(Name, Verdict.Dirty, "an engine failed while it was timed") { Findings = [SpeedFindings.Of(e)] };
        }

        return sampler.Samples.Rounds < 2
            ? Part.NotRun(Name, "interrupted")
            : new ThroughputReport(this, [.. Engines.Select(engine => engine.Name)], sampler.Samples).ToPart();
    }
}
