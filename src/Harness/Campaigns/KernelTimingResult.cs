using Gdn.Harness.Kernels.Checks;
using Gdn.Harness.Kernels.Timing;
using Gdn.Harness.Metrics;
using Gdn.Reference.Kernels;

namespace Gdn.Harness.Campaigns;

/// <summary>The time of one engine on one shape.</summary>
/// <param name="Engine">The engine.</param>
/// <param name="Version">Version of its library.</param>
/// <param name="Shape">Sizes.</param>
/// <param name="Threads">Threads it had.</param>
/// <param name="Seconds">Median over the rounds, per call.</param>
/// <param name="Limit">What the machine allows.</param>
/// <param name="AgainstFirst">Its time over the first engine's; null for the first.</param>
public sealed record KernelTiming(
    string Engine, string Version, KernelShape Shape, int Threads, double Seconds, KernelLimit Limit,
    RatioEstimate? AgainstFirst)
{
    /// <summary>1 is as fast as can be.</summary>
    public double ShareOfLimit => Limit.Seconds / Seconds;
}

/// <summary>What it costs to run the same number of tokens as several sequences.</summary>
/// <param name="Engine">The engine.</param>
/// <param name="Threads">Threads it had.</param>
/// <param name="Shape">More sequences.</param>
/// <param name="Against">Fewer, as many tokens in all.</param>
/// <param name="Ratio">The former's time over the latter's.</param>
public sealed record BatchingCost(
    string Engine, int Threads, KernelShape Shape, KernelShape Against, RatioEstimate Ratio);

/// <summary>What a <see cref="KernelTimingCampaign"/> found.</summary>
/// <param name="MultiplyAdds">Peak multiply-adds per second, by number of threads.</param>
/// <param name="Timings">By threads, shape and engine.</param>
/// <param name="Batching">Where shapes have equally many tokens.</param>
/// <param name="Findings">Wrong results; then nothing was timed.</param>
/// <param name="Completed">Whether everything was run.</param>
public sealed record KernelTimingResult(
    IReadOnlyDictionary<int, double> MultiplyAdds, IReadOnlyList<KernelTiming> Timings,
    IReadOnlyList<BatchingCost> Batching, IReadOnlyList<KernelFinding> Findings,
    bool Completed)
{
    /// <summary>Every ratio that was estimated.</summary>
    public IEnumerable<RatioEstimate> Ratios =>
        Timings.Select(timing => timing.AgainstFirst).OfType<RatioEstimate>().Concat(Batching.Select(cost => cost.Ratio));
}
