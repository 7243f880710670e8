using Gdn.Harness.Metrics;

namespace Gdn.Harness.Throughput;

/// <summary>How many rounds a comparison needs on this machine, from one engine compared with itself.</summary>
/// <param name="Scatter">Standard deviation of the log ratio of two samples of the same engine, by phase: the median over workloads.</param>
/// <param name="Rounds">Rounds of the first stage.</param>
internal sealed record SpeedPlan(IReadOnlyDictionary<Phase, double> Scatter, int Rounds)
{
    private const int PilotRounds = 4, Least = 6, Most = 16;

    // Normal quantiles for an interval of 95% and a power of 80%.
    private const double Quantiles = StudentT.Normal95 + 0.842;

    /// <summary>Makes a plan.</summary>
    /// <param name="engine">The engine.</param>
    /// <param name="workloads">What will be timed.</param>
    /// <param name="options">How it will be compared.</param>
    /// <param name="seed">Fixes orders and resamples.</param>
    /// <param name="cancellation">Ends it.</param>
    /// <returns>Null if it was ended.</returns>
    /// <exception cref="TimingFailedException">The engine failed.</exception>
    public static SpeedPlan? Make(
        ISpeedSubject engine, IReadOnlyList<Workload> workloads, SpeedTrialOptions options, ulong seed, CancellationToken cancellation)
    {
        var sampler = new SpeedSampler([engine, engine], workloads, seed) { Sample = options.Sample };
        sampler.Run(PilotRounds, () => { }, cancellation);
        if (sampler.Samples.Rounds < PilotRounds) return null;
        var random = new SeededRandom(seed);
        Dictionary<Phase, double> scatter = Enum.GetValues<Phase>().ToDictionary(phase => phase, phase => HodgesLehmann.Median(
            [.. Enumerable.Range(0, workloads.Count).Select(i => Math.Sqrt(PilotRounds) * RatioEstimate.Of(
                sampler.Samples.Seconds(0, i, phase), sampler.Samples.Seconds(1, i, phase), random).StandardError)]));
        double needed = Math.Pow(Quantiles * scatter.Values.Max() / options.Margin, 2);
        return new SpeedPlan(scatter, (int)Math.Clamp(Math.Ceiling(needed), Least, Most));
    }

    /// <summary>The smallest difference that so many rounds will probably show to lie beyond the margin.</summary>
    public double Detectable(Phase phase, int rounds, double margin) =>
        (1 + margin) * Math.Exp(Quantiles * Scatter[phase] / Math.Sqrt(rounds)) - 1;
}
