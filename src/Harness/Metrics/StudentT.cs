namespace Gdn.Harness.Metrics;

/// <summary>Student's t distribution: what a mean over few values has in place of the normal one.</summary>
internal static class StudentT
{
    /// <summary>Normal quantile of a two-sided 95% interval.</summary>
    public const double Normal95 = 1.959964;

    /// <summary>Half the width of a two-sided 95% interval, in standard errors. Exact for 1 to 3, else within 0.3%.</summary>
    /// <param name="freedom">Degrees of freedom, at least 1.</param>
    public static double Quantile95(int freedom) => freedom switch
    {
        < 1 => throw new ArgumentOutOfRangeException(nameof(freedom), freedom, "There are none."),
        1 => 12.7062,
        2 => 4.30265,
        3 => 3.18245,
        _ => Expansion(freedom),
    };

    // Cornish-Fisher about the normal quantile, to third order in 1 / freedom.
    private static double Expansion(double freedom)
    {
        const double z = Normal95, z3 = z * z * z, z5 = z3 * z * z, z7 = z5 * z * z;
        return z + (z3 + z) / (4 * freedom) + (5 * z5 + 16 * z3 + 3 * z) / (96 * freedom * freedom)
            + (3 * z7 + 19 * z5 + 17 * z3 - 15 * z) / (384 * freedom * freedom * freedom);
    }
}
