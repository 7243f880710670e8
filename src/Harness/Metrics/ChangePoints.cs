namespace Gdn.Harness.Metrics;

/// <summary>
/// E-Divisive of Matteson and James (<i>A Nonparametric Approach for Multiple Change Point Analysis of Multivariate Data</i>, JASA
/// 2014): the series is cut where the energy distance between both sides is largest, for as long as a permutation test says
/// that a cut is no accident. It assumes no distribution, and one outlier is no change.
/// </summary>
public static class ChangePoints
{
    /// <summary>Values on each side of a change at least: fewer are outliers as well.</summary>
    public const int Least = 5;

    private const int Permutations = 499;
    private const double Significance = 0.01;

    // The same series has the same changes in every run.
    private const ulong Seed = 20;

    /// <summary>The changes of a series, in order. Takes a second for some hundred values.</summary>
    public static IReadOnlyList<ChangePoint> Of(IReadOnlyList<double> values)
    {
        var cuts = new SortedDictionary<int, double>();
        var open = new Stack<(int Start, int End)>([(0, values.Count)]);
        while (open.TryPop(out (int Start, int End) segment))
        {
            double[] part = [.. values.Skip(segment.Start).Take(segment.End - segment.Start)];
            if (Cut(part) is not var (index, p)) continue;
            cuts[segment.Start + index] = p;
            open.Push((segment.Start, segment.Start + index));
            open.Push((segment.Start + index, segment.End));
        }

        int[] ends = [0, .. cuts.Keys, values.Count];
        double Mean(int i) => values.Skip(ends[i]).Take(ends[i + 1] - ends[i]).Average();
        return [.. cuts.Select((cut, i) => new ChangePoint(cut.Key, cut.Value, Mean(i), Mean(i + 1)))];
    }

    private static (int Index, double P)? Cut(double[] values)
    {
        if (values.Length < 2 * Least) return null;
        (int index, double distance) = Best(values);
        if (distance <= 0) return null;
        var random = new SeededRandom(SeededRandom.Derive(Seed, (ulong)values.Length));
        int asLarge = 0;
        double[] shuffled = [.. values];
        for (int i = 0; i < Permutations; i++)
        {
            random.Shuffle(shuffled.AsSpan());
            if (Best(shuffled).Distance >= distance) asLarge++;
            // It cannot become significant any more.
            if (asLarge + 1 > Significance * (Permutations + 1)) return null;
        }

        return (index, (asLarge + 1) / (Permutations + 1.0));
    }

    // The cut with the largest energy distance, scaled by the sizes of both sides. Sums of distances within and between the sides
    // follow each cut from the one before.
    private static (int Index, double Distance) Best(double[] x)
    {
        int n = x.Length;
        double left = 0, right = 0, between = 0;
        for (int i = 0; i < n; i++)
            for (int j = i + 1; j < n; j++) right += Math.Abs(x[i] - x[j]);
        (int Index, double Distance) best = (0, 0);
        for (int cut = 1; cut <= n - Least; cut++)
        {
            double toLeft = 0, toRight = 0;
            for (int i = 0; i < cut - 1; i++) toLeft += Math.Abs(x[cut - 1] - x[i]);
            for (int i = cut; i < n; i++) toRight += Math.Abs(x[cut - 1] - x[i]);
            left += toLeft;
            right -= toRight;
            between += toRight - toLeft;
            if (cut < Least) continue;
            double m = cut, rest = n - cut;
            double energy = 2 * between / (m * rest) - 2 * left / (m * (m - 1)) - 2 * right / (rest * (rest - 1));
            double distance = m * rest / n * energy;
            if (distance > best.Distance) best = (cut, distance);
        }

        return best;
    }
}
