using System.Diagnostics;

namespace Gdn.Harness.Metrics;

/// <summary>
/// Waits until this process is at rest. Some engines let their threads spin for a tenth of a second after a call, which
/// would take a core from whatever is timed next.
/// </summary>
internal static class Quiescence
{
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(1);

    /// <summary>Returns when two milliseconds pass in which the process computes for less than a fifth of them.</summary>
    public static void Await()
    {
        var watch = Stopwatch.StartNew();
        TimeSpan nap, busy;
        do
        {
            (TimeSpan start, TimeSpan used) = (watch.Elapsed, Environment.CpuUsage.TotalTime);
            Thread.Sleep(2);
            (nap, busy) = (watch.Elapsed - start, Environment.CpuUsage.TotalTime - used);
        }
        while (busy > nap / 5 && watch.Elapsed < Longest);
    }
}
