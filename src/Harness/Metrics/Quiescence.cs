using System.Diagnostics;

namespace Gdn.Harness.Metrics;

/// <summary>
/// Waits until this process is at rest. Some engines let their threads spin for a tenth of a second after a call, which
/// would take a core from whatever is timed next.
/// </summary>
internal static class Quiescence
{
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(1);

    // What a thread has used is counted where a tick of the scheduler finds it, a few milliseconds apart.
    private static readonly TimeSpan Nap = TimeSpan.FromMilliseconds(12);

    /// <summary>Returns when a nap passes in which the process computes for less than a fifth of it.</summary>
    public static void Await()
    {
        var watch = Stopwatch.StartNew();
        TimeSpan nap, busy;
        do
        {
            (TimeSpan start, TimeSpan used) = (watch.Elapsed, Environment.CpuUsage.TotalTime);
            Thread.Sleep(Nap);
            (nap, busy) = (watch.Elapsed - start, Environment.CpuUsage.TotalTime - used);
        }
        while (busy > nap / 5 && watch.Elapsed < Longest);
    }
}
