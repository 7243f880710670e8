using Gdn.Harness.Throughput;

namespace Gdn.Harness.Campaigns;

/// <summary>Times workloads on engines or servers.</summary>
/// <param name="Workloads">What to time; no two alike.</param>
/// <param name="Rounds">Rounds to keep, at least 2.</param>
/// <param name="Seed">Fixes traffic, orders and resamples.</param>
public abstract record SpeedCampaign(IReadOnlyList<Workload> Workloads, int Rounds, ulong Seed) : Campaign
{
    /// <summary>Relative differences up to this do not matter.</summary>
    public double Margin { get; init; } = 0.03;

    /// <summary>How long a sample lasts at least, where a few runs of a workload are enough for that.</summary>
    public TimeSpan Sample { get; init; } = TimeSpan.FromMilliseconds(100);
}
