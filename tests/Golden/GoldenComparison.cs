using System.Globalization;

namespace Gdn.Golden;

/// <summary>The element of an array that deviates most from the golden one.</summary>
/// <param name="Where">Case and array.</param>
/// <param name="Coordinates">Of the worst element, outermost first.</param>
/// <param name="Expected">The other engine's value.</param>
/// <param name="Actual">Ours.</param>
/// <param name="Allowed">Largest absolute difference that passes there.</param>
public readonly record struct GoldenDeviation(
    string Where, IReadOnlyList<int> Coordinates, double Expected, double Actual, double Allowed)
{
    /// <summary>Whether every element agrees. NaN never does.</summary>
    public bool Agrees => Math.Abs(Actual - Expected) <= Allowed;

    /// <inheritdoc/>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture,
        $"{Where}[{string.Join(',', Coordinates)}] expected {Expected:G9} actual {Actual:G9} " +
        $"difference {Math.Abs(Actual - Expected):G3} allowed {Allowed:G3}");
}

/// <summary>Compares arrays element by element.</summary>
public static class GoldenComparison
{
    /// <summary>The worst element under an absolute tolerance.</summary>
    public static GoldenDeviation Absolute(
        string where, int[] shape, ReadOnlySpan<float> expected, ReadOnlySpan<double> actual, double tolerance)
    {
        double[] allowed = new double[expected.Length];
        Array.Fill(allowed, tolerance);
        return Worst(where, shape, expected, actual, allowed);
    }

    /// <summary>
    /// The worst element under a tolerance relative to the largest expected magnitude in its group. An element may
    /// be the small difference of large terms and then carries their rounding error, so its own magnitude is not a scale.
    /// </summary>
    /// <param name="where">Case and array, for the report.</param>
    /// <param name="shape">Outermost first.</param>
    /// <param name="expected">The other engine's values.</param>
    /// <param name="actual">Ours.</param>
    /// <param name="tolerance">Relative to the group's largest magnitude.</param>
    /// <param name="groupAxes">Elements with equal coordinates on these axes are one group.</param>
    public static GoldenDeviation Relative(
        string where, int[] shape, ReadOnlySpan<float> expected, ReadOnlySpan<double> actual, double tolerance,
        params ReadOnlySpan<int> groupAxes)
    {
        int[] groups = new int[expected.Length];
        for (int i = 0; i < groups.Length; i++)
        {
            int[] at = Coordinates(shape, i);
            foreach (int axis in groupAxes) groups[i] = groups[i] * shape[axis] + at[axis];
        }

        double[] scales = new double[expected.Length];
        for (int i = 0; i < groups.Length; i++)
            scales[groups[i]] = Math.Max(scales[groups[i]], Math.Abs(expected[i]));
        return Worst(where, shape, expected, actual, Array.ConvertAll(groups, group => tolerance * scales[group]));
    }

    private static GoldenDeviation Worst(
        string where, int[] shape, ReadOnlySpan<float> expected, ReadOnlySpan<double> actual, double[] allowed)
    {
        if (expected.Length != actual.Length)
            throw new ArgumentException($"{where}: {actual.Length} elements, expected {expected.Length}");
        int worst = 0;
        double excessMax = double.NegativeInfinity;
        for (int i = 0; i < expected.Length; i++)
        {
            double difference = Math.Abs(actual[i] - expected[i]);
            double excess = double.IsNaN(difference) ? double.PositiveInfinity : difference - allowed[i];
            if (excess <= excessMax) continue;
            (worst, excessMax) = (i, excess);
        }

        return new(where, Coordinates(shape, worst), expected[worst], actual[worst], allowed[worst]);
    }

    private static int[] Coordinates(int[] shape, int index)
    {
        int[] at = new int[shape.Length];
        for (int axis = shape.Length - 1; axis >= 0; axis--) (index, at[axis]) = Math.DivRem(index, shape[axis]);
        return at;
    }
}
