namespace Gdn.Harness.Metrics;

/// <summary>How one duration relates to another, from samples taken in rounds: sample i of both was taken in round i.</summary>
/// <param name="Ratio">The first over the second: e to the Hodges-Lehmann estimate of the log ratios.</param>
/// <param name="Low">Lower end of the 95% confidence interval.</param>
/// <param name="High">Its upper end.</param>
/// <param name="StandardError">Of the logarithm of the estimate.</param>
/// <param name="Rounds">How many of them.</param>
public sealed record RatioEstimate(double Ratio, double Low, double High, double StandardError, int Rounds)
{
    /// <summary>Resamples of the bootstrap.</summary>
    public const int Resamples = 10_000;

    // Normal quantile: power 80%.
    private const double Power = 0.842;

    /// <summary>
    /// The smallest relative difference that this many rounds, with the scatter of these, would show in four runs of five.
    /// </summary>
    public double DetectableEffect => Math.Exp((StudentT.Quantile95(Rounds - 1) + Power) * StandardError) - 1;

    /// <summary>
    /// Estimates the ratio. The interval is that of the percentile bootstrap over rounds, widened as much as it is too
    /// narrow for few of them.
    /// </summary>
    /// <param name="first">Durations.</param>
    /// <param name="second">Durations of what it is compared with.</param>
    /// <param name="random">Draws the resamples.</param>
    /// <param name="resamples">How many; fewer are faster.</param>
    /// <exception cref="ArgumentException">There are fewer than two rounds, or or numbers differ.</exception>
    public static RatioEstimate Of(
        ReadOnlySpan<double> first, ReadOnlySpan<double> second, SeededRandom random, int resamples = Resamples)
    {
        if (first.Length != second.Length || first.Length < 2)
            throw new ArgumentException($"{first.Length} and {second.Length} samples make no pairs.");
        var logs = new double[first.Length];
        for (int i = 0; i < logs.Length; i++) logs[i] = Math.Log(first[i] / second[i]);

        double[] estimates = Bootstrap(logs, random, resamples);
        // A resample scatters about the sample's centre as if that were the true one, with (n - 1) / n of the variance.
        double correction = Math.Sqrt(logs.Length / (logs.Length - 1.0));
        double estimate = HodgesLehmann.Estimate(logs), mean = estimates.Average();
        double widening = correction * StudentT.Quantile95(logs.Length - 1) / StudentT.Normal95;
        int tail = resamples / 40;
        return new RatioEstimate(
            Math.Exp(estimate),
            Math.Exp(estimate + widening * (estimates[tail] - estimate)),
            Math.Exp(estimate + widening * (estimates[^(1 + tail)] - estimate)),
            correction * Math.Sqrt(estimates.Sum(x => (x - mean) * (x - mean)) / estimates.Length),
            logs.Length);
    }

    /// <summary>The verdict, where differences below <paramref name="margin"/> do not matter.</summary>
    /// <param name="margin">For example 0.03: from 3% less to 3% more is the same.</param>
    public RatioVerdict Against(double margin) =>
        High < 1 / (1 + margin) ? RatioVerdict.Faster
        : Low > 1 + margin ? RatioVerdict.Slower
        : Low >= 1 / (1 + margin) && High <= 1 + margin ? RatioVerdict.Equivalent
        : RatioVerdict.Inconclusive;

    // Estimates from rounds drawn with replacement, in ascending order.
    private static double[] Bootstrap(double[] logs, SeededRandom random, int resamples)
    {
        var estimates = new double[resamples];
        var resample = new double[logs.Length];
        var means = new double[HodgesLehmann.PairsOf(logs.Length)];
        foreach (ref double estimate in estimates.AsSpan())
        {
            foreach (ref double value in resample.AsSpan()) value = logs[random.Next(logs.Length)];
            estimate = HodgesLehmann.Estimate(resample, means);
        }

        Array.Sort(estimates);
        return estimates;
    }
}
