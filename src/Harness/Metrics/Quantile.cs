namespace Gdn.Harness.Metrics;

/// <summary>Quantiles of samples, with straight lines between them.</summary>
internal static class Quantile
{
    /// <summary>The value below which such a part of the samples lies.</summary>
    /// <param name="sorted">At least one, ascending.</param>
    /// <param name="part">Within 0..1; 0.5 is the median.</param>
    public static double Of(IReadOnlyList<double> sorted, double part)
    {
        double place = part * (sorted.Count - 1);
        int below = (int)place, above = Math.Min(below + 1, sorted.Count - 1);
        return sorted[below] + (place - below) * (sorted[above] - sorted[below]);
    }
}
