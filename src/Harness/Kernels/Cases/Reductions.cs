namespace Gdn.Harness.Kernels.Cases;

/// <summary>Smaller values of a size, for shrinking.</summary>
internal static class Reductions
{
    /// <summary>The least first, then halfway, then one less.</summary>
    public static IEnumerable<int> Of(int value, int least) =>
        new[] { least, value / 2, value - 1 }.Where(smaller => smaller >= least && smaller < value).Distinct();
}
