namespace Gdn.Harness.Metrics;

/// <summary>Student's t distribution: what a mean over few values has in place of the normal one.</summary>
internal static class StudentT
{
    /// <summary>Normal quantile of a two-sided 95% interval.</summary>
    public const double Normal95 = 1.959964;

    /// <summary>Half the width of a two-sided 95% interval, in standard errors.</summary>
    /// <param name="freedom">Degrees of freedom, at least 1.</param>
    public static double Quantile95(int freedom) => Quantile(freedom, 0.05);

    /// <summary>Half the width of a two-sided interval that misses with a given probability, in standard errors.</summary>
    /// <param name="freedom">Degrees of freedom, at least 1.</param>
    /// <param name="error">The probability, within (0, 1).</param>
    public static double Quantile(int freedom, double error)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(freedom, 1);
        double low = 0, high = 1;
        while (Beyond(high, freedom) > error) (low, high) = (high, 2 * high);
        // One bit a step; the end of a double's precision comes earlier.
        for (int step = 0; step < 64; step++)
        {
            double middle = (low + high) / 2;
            if (Beyond(middle, freedom) > error) low = middle;
            else high = middle;
        }

        return high;
    }

    // The probability of values further from 0 than t, which falls with t: Abramowitz and Stegun, 26.7.3 and 26.7.4.
    private static double Beyond(double t, int freedom)
    {
        double angle = Math.Atan(t / Math.Sqrt(freedom)), cosine = Math.Cos(angle), sine = Math.Sin(angle);
        bool isOdd = freedom % 2 == 1;
        double term = isOdd ? cosine : 1, sum = freedom == 1 ? 0 : term;
        for (int k = isOdd ? 3 : 2; k < freedom; k += 2)
        {
            term *= cosine * cosine * (k - 1) / k;
            sum += term;
        }

        return isOdd ? 1 - 2 / Math.PI * (angle + sine * sum) : 1 - sine * sum;
    }
}
