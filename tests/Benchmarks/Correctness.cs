using System.Globalization;

namespace Gdn.Benchmarks;

/// <summary>Nothing wrong is timed: a benchmark's setup throws, and there is no figure.</summary>
internal static class Correctness
{
    /// <summary>Unit roundoff of single precision.</summary>
    public const double U = 1.0 / (1 << 24);

    /// <summary>Throws unless every value is as near to the right one as is allowed.</summary>
    public static void Require(string kernel, ReadOnlySpan<float> actual, ReadOnlySpan<double> expected, Func<int, double> allowed)
    {
        if (actual.Length != expected.Length)
            throw new InvalidOperationException($"{kernel}: {actual.Length} values, expected {expected.Length}");
        for (int i = 0; i < actual.Length; i++)
            if (!(Math.Abs(actual[i] - expected[i]) <= allowed(i)))
                throw new InvalidOperationException(string.Create(
                    CultureInfo.InvariantCulture,
                    $"{kernel}[{i}]: expected {expected[i]:g9}, actual {actual[i]:g9}, allowed {allowed(i):g2}"));
    }
}
