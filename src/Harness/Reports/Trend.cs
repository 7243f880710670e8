using Gdn.Harness.Metrics;

namespace Gdn.Harness.Reports;

/// <summary>A figure in the course of time.</summary>
/// <param name="Name">What it is.</param>
/// <param name="Points">Its values, the oldest first.</param>
public sealed record Trend(string Name, IReadOnlyList<TrendPoint> Points)
{
    /// <summary>Where it bent.</summary>
    public IReadOnlyList<ChangePoint> Changes { get; } = ChangePoints.Of([.. Points.Select(point => point.Value)]);
}

/// <summary>The value of a figure in a run.</summary>
/// <param name="RunId">The run.</param>
/// <param name="Time">When it was.</param>
/// <param name="Commit">Commit of the sources; null where none is known.</param>
/// <param name="Value">The value.</param>
public readonly record struct TrendPoint(string RunId, DateTimeOffset Time, string? Commit, double Value);
