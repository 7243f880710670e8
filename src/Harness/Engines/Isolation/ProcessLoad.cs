using System.Globalization;

namespace Gdn.Harness.Engines.Isolation;

/// <summary>How much of the machine a process has had, and how long it waited for it.</summary>
/// <param name="Processor">Processor time used by all its threads.</param>
/// <param name="Waits">By thread: how long it was ready to run while others ran.</param>
internal sealed record ProcessLoad(TimeSpan Processor, IReadOnlyDictionary<string, TimeSpan> Waits)
{
    // A process of more threads is not worth the time.
    private const int MostThreads = 1000;

    /// <summary>That of a process now; null where the system does not say.</summary>
    public static ProcessLoad? Of(int process)
    {
        if (!OperatingSystem.IsLinux() || ProcessEntry.Of(process) is not { } entry) return null;
        try
        {
            string folder = string.Create(CultureInfo.InvariantCulture, $"/proc/{process}/task");
            var waits = new Dictionary<string, TimeSpan>();
            foreach (string thread in Directory.EnumerateDirectories(folder).Take(MostThreads)) waits[thread] = WaitOf(thread);
            return new ProcessLoad(entry.Processor, waits);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or FormatException)
        {
            return null;
        }
    }

    /// <summary>How long the thread waited since then that waited most.</summary>
    public TimeSpan LongestWaitSince(ProcessLoad earlier) => Waits
        .Select(wait => wait.Value - earlier.Waits.GetValueOrDefault(wait.Key))
        .Append(TimeSpan.Zero)
        .Max();

    // Of /proc/PID/task/TID/schedstat: nanoseconds run, nanoseconds ready, and how often it ran.
    private static TimeSpan WaitOf(string thread)
    {
        try
        {
            string[] fields = File.ReadAllText(Path.Combine(thread, "schedstat")).Split(' ');
            return TimeSpan.FromTicks(long.Parse(fields[1], CultureInfo.InvariantCulture) / TimeSpan.NanosecondsPerTick);
        }
        catch (Exception e) when (e is IOException or IndexOutOfRangeException)
        {
            // The thread is gone, or the kernel does not count.
            return TimeSpan.Zero;
        }
    }
}
