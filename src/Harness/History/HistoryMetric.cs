namespace Gdn.Harness.History;

/// <summary>A figure of a run that later runs can be compared by.</summary>
/// <param name="Name">What it is, the same in every run, for example <c>throughput, tiny: S_TG t/s, B 4, N_KV 0</c>.</param>
/// <param name="Value">Its value, finite.</param>
public sealed record HistoryMetric(string Name, double Value);
