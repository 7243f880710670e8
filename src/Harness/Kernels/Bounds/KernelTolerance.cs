using Gdn.Reference.Kernels;

namespace Gdn.Harness.Kernels.Bounds;

/// <summary>The two tolerances that errors are held to, block by block; docs/tolerances.md derives and measures them.</summary>
internal static class KernelTolerance
{
    /// <summary>
    /// Multiple of the emulated kernel's error that is allowed. An honest kernel may sum in another order, fuse
    /// operations or use another exponential, and so err more by chance.
    /// </summary>
    public const double BaselineFactor = 4;

    /// <summary>Part of the error bound that is allowed whatever the baseline, which may be exact by luck.</summary>
    public const double BaselineFloor = 0.05;

    /// <summary>Roundings of the result itself that are allowed whatever the baseline: a factor in common costs some.</summary>
    public const double BaselineRoundings = 4;

    /// <summary>The worst block against the error bound, and the worst against the baseline.</summary>
    public static (Excess Bound, Excess Baseline) Worst(
        Expected expected, ReadOnlySpan<float> actual, ReadOnlySpan<double> baseline)
    {
        (Excess bound, Excess relative) = (default, default);
        for (int block = 0; block < expected.Bounds.Length; block++)
        {
            (double error, int worst) = expected.Error(actual, block);
            bound = bound.OrWorse(new Excess(error, expected.Bounds[block], worst));
            relative = relative.OrWorse(new Excess(error, Usual(expected, baseline, block), worst));
        }

        return (bound, relative);
    }

    /// <summary>What each block's error may be by both.</summary>
    public static double[] Allowed(Expected expected, ReadOnlySpan<double> baseline)
    {
        var allowed = new double[expected.Bounds.Length];
        for (int block = 0; block < allowed.Length; block++)
            allowed[block] = Math.Min(expected.Bounds[block], Usual(expected, baseline, block));
        return allowed;
    }

    private static double Usual(Expected expected, ReadOnlySpan<double> baseline, int block) =>
        BaselineFactor * baseline[block] + BaselineFloor * expected.Bounds[block]
        + BaselineRoundings * KernelPrecision.F32 * expected.Norm(block);
}

/// <summary>An error against what is allowed.</summary>
/// <param name="Error">Norm of a block's error.</param>
/// <param name="Allowed">The largest allowed.</param>
/// <param name="Worst">Index of the block's worst element.</param>
internal readonly record struct Excess(double Error, double Allowed, int Worst)
{
    /// <summary>1 is the most allowed.</summary>
    public double Ratio => Error == 0 ? 0 : Error / Allowed;

    /// <summary>The one with the larger ratio.</summary>
    public Excess OrWorse(Excess other) => other.Ratio > Ratio ? other : this;
}
