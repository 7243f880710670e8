namespace Gdn.Harness.Metrics;

/// <summary>
/// The Hodges-Lehmann estimate of a symmetric distribution's centre: the median of the means of all pairs, each value with
/// itself included. Nearly as efficient as the mean where noise is normal, and a spike moves it no more than it moves a median.
/// </summary>
public static class HodgesLehmann
{
    /// <summary>The estimate.</summary>
    /// <param name="values">At least one.</param>
    /// <exception cref="ArgumentException">There are none.</exception>
    public static double Estimate(ReadOnlySpan<double> values) =>
        Estimate(values, new double[PairsOf(values.Length)]);

    /// <summary>How many pairs n values make, in any order and with themselves.</summary>
    internal static int PairsOf(int n) => n * (n + 1) / 2;

    /// <summary>The same without allocating.</summary>
    /// <param name="values">At least one.</param>
    /// <param name="means">Scratch, <see cref="PairsOf"/>.</param>
    internal static double Estimate(ReadOnlySpan<double> values, Span<double> means)
    {
        if (values.IsEmpty) throw new ArgumentException("There are no values.", nameof(values));
        int count = 0;
        for (int i = 0; i < values.Length; i++)
            for (int j = i; j < values.Length; j++) means[count++] = (values[i] + values[j]) / 2;
        return Median(means[..count]);
    }

    /// <summary>Median; reorders the values.</summary>
    internal static double Median(Span<double> values)
    {
        values.Sort();
        return (values[(values.Length - 1) / 2] + values[values.Length / 2]) / 2;
    }
}
