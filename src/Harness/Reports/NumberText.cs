using System.Globalization;

namespace Gdn.Harness.Reports;

/// <summary>Numbers as people read them.</summary>
public static class NumberText
{
    // From here on digits before the point say nothing, and make columns wide.
    private const double Large = 1e4;

    /// <summary>A share of a bound: three places, or as <c>9.8e18</c> where it is large.</summary>
    public static string Ratio(double value) =>
        value.ToString(Math.Abs(value) < Large ? "F3" : "0.0e0", CultureInfo.InvariantCulture);
}
