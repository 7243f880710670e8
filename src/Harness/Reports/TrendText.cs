using System.Globalization;
using Gdn.Harness.Metrics;
using static System.FormattableString;

namespace Gdn.Harness.Reports;

/// <summary>The course of a figure in lines of text.</summary>
public static class TrendText
{
    private const string Heights = "▁▂▃▄▅▆▇█";
    private const int Width = 60, ShownId = 8;

    /// <summary>A line with a chart, and one for each change.</summary>
    public static IEnumerable<string> Of(Trend trend)
    {
        double[] values = [.. trend.Points.Select(point => point.Value)];
        if (values.Length == 0) yield break;
        yield return Invariant($"{trend.Name}: {Chart(values)} {values[^1]:G6} ({values.Length} runs)");
        foreach (ChangePoint change in trend.Changes)
            yield return $"  {Of(trend, change)}";
    }

    /// <summary>A change in words: from what to what, since when and which commit, how sure.</summary>
    public static string Of(Trend trend, ChangePoint change)
    {
        TrendPoint first = trend.Points[change.Index];
        string relative = change.Before == 0 ? "" : Invariant($" ({100 * (change.After / change.Before - 1):+0.0;-0.0}%)");
        string commit = first.Commit is { } id ? $", commit {id[..Math.Min(ShownId, id.Length)]}" : "";
        return Invariant($"{change.Before:G5} -> {change.After:G5}{relative} since {first.Time.UtcDateTime:yyyy-MM-dd HH:mm}")
            + $" (run {first.RunId[..Math.Min(ShownId, first.RunId.Length)]}{commit}, p {change.P.ToString("0.000", CultureInfo.InvariantCulture)})";
    }

    private static string Chart(double[] values)
    {
        double[] last = [.. values.TakeLast(Width)];
        (double low, double high) = (last.Min(), last.Max());
        return string.Concat(last.Select(value => Heights[high > low ? (int)((Heights.Length - 1) * (value - low) / (high - low) + 0.5) : 0]));
    }
}
