using System.Globalization;

namespace Gdn.Harness.Metrics;

/// <summary>What k failures in n independent rounds show about the rate of failures.</summary>
/// <param name="Failures">k.</param>
/// <param name="Rounds">n.</param>
public readonly record struct BinomialRate(int Failures, int Rounds)
{
    /// <summary>The confidence of all statements here.</summary>
    public const double Confidence = 0.95;

    private const double Alpha = 1 - Confidence;

    /// <summary>
    /// Lower end of the interval of Clopper and Pearson (1934): the rate at which k or more failures would have
    /// probability alpha / 2.
    /// </summary>
    public double Low => Failures == 0 ? 0 : Solve(Failures - 1, 1 - Alpha / 2);

    /// <summary>Its upper end: the rate at which k or fewer failures would have probability alpha / 2.</summary>
    public double High => Failures >= Rounds ? 1 : Solve(Failures, Alpha / 2);

    /// <summary>
    /// The smallest rate that n rounds would have shown at least once, with the given confidence: 1 - alpha^(1/n), about
    /// 3 / n. What n clean rounds are worth.
    /// </summary>
    public static double Detectable(int rounds) => rounds == 0 ? 1 : 1 - Math.Exp(Math.Log(Alpha) / rounds);

    /// <summary>Rounds that show a rate at least once with the given confidence: the n of 1 - (1 - p)^n.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The rate is not within (0, 1).</exception>
    public static int RoundsToDetect(double rate)
    {
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(rate, 0);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(rate, 1);
        return (int)Math.Ceiling(Math.Log(Alpha) / Math.Log(1 - rate));
    }

    /// <summary>A rate for reports.</summary>
    public static string Percent(double rate) => string.Create(CultureInfo.InvariantCulture, $"{100 * rate:0.#}%");

    // The rate at which k or fewer failures have the given probability, which falls with the rate.
    private double Solve(int failures, double probability)
    {
        double low = 0, high = 1;
        // One bit a step; the end of a double's precision comes earlier.
        for (int step = 0; step < 64; step++)
        {
            double middle = (low + high) / 2;
            if (AtMost(failures, middle) > probability) low = middle;
            else high = middle;
        }

        return (low + high) / 2;
    }

    // Probability of k or fewer failures; each term from the one before, in logarithms so that none underflows.
    private double AtMost(int failures, double rate)
    {
        double logRate = Math.Log(rate), logRest = Math.Log(1 - rate), term = Rounds * logRest, sum = 0;
        for (int k = 0; k <= failures; k++)
        {
            sum += Math.Exp(term);
            term += Math.Log((double)(Rounds - k) / (k + 1)) + logRate - logRest;
        }

        return sum;
    }
}
