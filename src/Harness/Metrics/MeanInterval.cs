namespace Gdn.Harness.Metrics;

/// <summary>The mean of what independent samples have, with its 95% confidence interval by Student's t.</summary>
/// <param name="Mean">The mean.</param>
/// <param name="Low">Lower end of the interval.</param>
/// <param name="High">Its upper end.</param>
public readonly record struct MeanInterval(double Mean, double Low, double High)
{
    /// <summary>The interval of at least two values.</summary>
    public static MeanInterval Of(ReadOnlySpan<double> values)
    {
        int n = values.Length;
        ArgumentOutOfRangeException.ThrowIfLessThan(n, 2, nameof(values));
        double mean = 0, squares = 0;
        foreach (double value in values) mean += value / n;
        foreach (double value in values) squares += Math.Pow(value - mean, 2);
        double half = StudentT.Quantile95(n - 1) * Math.Sqrt(squares / (n - 1) / n);
        return new MeanInterval(mean, mean - half, mean + half);
    }

    /// <summary>The interval of something that cannot lie beyond two bounds.</summary>
    public MeanInterval Within(double least, double most) =>
        this with { Low = Math.Clamp(Low, least, most), High = Math.Clamp(High, least, most) };
}
