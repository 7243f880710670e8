using Gdn.Harness.Reports;
using Gdn.Harness.Throughput;
using Gdn.Harness.Throughput.Servers;
using static System.FormattableString;

namespace Gdn.Harness.Campaigns;

/// <summary>
/// Times a server as its clients see it: reading prompts and answering, by number of requests at once and by slots, time to the first token
/// and between tokens. Before that, the server must not bleed.
/// </summary>
/// <param name="Server">The server.</param>
/// <param name="Correctness">What it has to pass; null where there is nothing to check.</param>
/// <param name="Workloads">What to time; no two alike.</param>
/// <param name="Rounds">Rounds to keep, at least 2.</param>
/// <param name="Seed">Fixes orders and resamples.</param>
internal sealed record ServerThroughputCampaign(
    ServerSubject Server, ServerCorrectness? Correctness, IReadOnlyList<Workload> Workloads, int Rounds, ulong Seed)
    : SpeedCampaign(Workloads, Rounds, Seed)
{
    /// <inheritdoc/>
    public override string Name => $"throughput, {Server.Name}";

    /// <inheritdoc/>
    public override IReadOnlyList<string> Head =>
    [
        $"{Server.Info.Name}, model {Server.Info.Model ?? BugReport.NotReported}, slots {BugReport.Reported(Server.Info.Slots)}, "
            + Invariant($"seed {Seed}"),
        Invariant($"{Rounds} rounds in random order; client: {RunEnvironment.Current.Machine}"),
    ];

    /// <inheritdoc/>
    protected override async Task<Part> PlayAsync(ICampaignProgress progress, CancellationToken cancellation)
    {
        if (Correctness is not null && await Correctness.RunAsync(Policy, progress, cancellation) is { Verdict: Verdict.Dirty } wrong)
            return wrong with { Name = Name, Basis = $"wrong results, and nothing was timed: {wrong.Basis}" };
        progress.Begin(Name, Rounds);
        var sampler = new SpeedSampler([Server], Workloads, Seed) { Sample = Sample };
        try
        {
            sampler.Run(Rounds, progress.Step, cancellation);
        }
        catch (TimingFailedException e)
        {
            return new Part(Name, Verdict.Dirty, "the server failed while it was timed") { Findings = [SpeedFindings.Of(e)] };
        }

        if (sampler.Samples.Rounds < 2) return Part.NotRun(Name, "interrupted");
        Part part = new ThroughputReport(this, [Server.Name], sampler.Samples).ToPart();
        return part with { Content = [.. part.Content, .. LatencyTable.Of(Server, Workloads)] };
    }
}
