using System.Globalization;

namespace Gdn.Harness.Metrics;

/// <summary>
/// How long each thread of this process has run, and been ready to run while others had the processor, as Linux counts it. On a busy
/// machine that waiting is part of every duration, and says nothing about what was timed.
/// </summary>
internal sealed class ThreadTimes
{
    // A thread that did less than this part of the busiest one's work has not kept anybody waiting.
    private const double AtWork = 0.25;

    private const double Nanoseconds = 1e-9;

    private readonly Dictionary<string, (double Ran, double Waited)> _threads = [];

    private ThreadTimes()
    {
    }

    /// <summary>The times until now; of no thread where the system does not count.</summary>
    public static ThreadTimes Now()
    {
        var times = new ThreadTimes();
        if (!OperatingSystem.IsLinux()) return times;
        foreach (string thread in Directory.EnumerateDirectories("/proc/self/task"))
        {
            try
            {
                string[] fields = File.ReadAllText(Path.Combine(thread, "schedstat")).Split(' ');
                times._threads[thread] = (Number(fields[0]), Number(fields[1]));
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException or IndexOutOfRangeException or FormatException)
            {
                // The thread is gone, or the kernel does not count.
            }
        }

        return times;
    }

    /// <summary>Seconds that the thread waited which waited longest, of those that have done most of the work since then.</summary>
    public double WaitedSince(ThreadTimes earlier)
    {
        (double Ran, double Waited)[] since = [.. _threads.Select(thread =>
        {
            (double ran, double waited) = earlier._threads.GetValueOrDefault(thread.Key);
            return (thread.Value.Ran - ran, thread.Value.Waited - waited);
        })];
        double most = since.Select(thread => thread.Ran).DefaultIfEmpty(0).Max();
        return since.Where(thread => thread.Ran >= AtWork * most).Select(thread => thread.Waited).DefaultIfEmpty(0).Max();
    }

    private static double Number(string text) => Nanoseconds * long.Parse(text, CultureInfo.InvariantCulture);
}
