using System.Collections.Frozen;
using System.ComponentModel;
using System.Diagnostics;

namespace Gdn.Harness.Engines.Isolation;

/// <summary>
/// Engines' processes with all that they have started: whatever an engine forks ends when its process does, detached or not.
/// On Linux each process leads a session of its own, which its descendants can leave only for newer ones; orphans become children
/// of its process while it lives, and of the tool's after that. So a child of the tool in another session that is
/// not an engine's process was left behind by one. Elsewhere only children whose parents live are found. Thread-safe.
/// </summary>
internal static class EngineFamilies
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);
    private static readonly Lock Gate = new();
    private static readonly HashSet<int> Heads = [];
    private static readonly Lazy<int> OwnSession = new(() =>
    {
        LinuxCalls.AdoptOrphans();
        return ProcessEntry.Of(Environment.ProcessId)!.Value.Session;
    });

    /// <summary>Starts an engine's process.</summary>
    /// <exception cref="Win32Exception">It does not start.</exception>
    public static Process Start(ProcessStartInfo start)
    {
        // A child must be known as an engine's process before anybody looks for those left behind.
        lock (Gate)
        {
            if (OperatingSystem.IsLinux()) _ = OwnSession.Value;
            Process process = Process.Start(start)!;
            Heads.Add(process.Id);
            return process;
        }
    }

    /// <summary>To be called first in an engine's process.</summary>
    public static void Found()
    {
        if (!OperatingSystem.IsLinux()) return;
        LinuxCalls.StartSession();
        LinuxCalls.AdoptOrphans();
        try
        {
            // When memory runs out, this process goes, and not the tool.
            File.WriteAllText("/proc/self/oom_score_adj", "1000");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // Then the system chooses.
        }
    }

    /// <summary>Ends this process, an engine's, and all below it.</summary>
    public static void EndOwn()
    {
        if (OperatingSystem.IsLinux())
            EndAll(() => ProcessEntry.Below(Environment.ProcessId, ProcessEntry.All()));
        using var self = Process.GetCurrentProcess();
        self.Kill();
    }

    /// <summary>Ends an engine's process at once. What it leaves behind ends with <see cref="EndStrays"/>.</summary>
    public static void Kill(Process head)
    {
        try
        {
            head.Kill(entireProcessTree: !OperatingSystem.IsLinux());
        }
        catch (Exception e) when (e is InvalidOperationException or Win32Exception or AggregateException)
        {
            // It has ended by itself.
        }
    }

    /// <summary>Ends an engine's process and whatever it leaves behind.</summary>
    public static void End(Process head)
    {
        Kill(head);
        head.WaitForExit(Patience);
        EndStrays();
        lock (Gate) Heads.Remove(head.Id);
    }

    /// <summary>Ends what engines' processes that are gone have left behind.</summary>
    public static void EndStrays()
    {
        if (OperatingSystem.IsLinux()) EndAll(Strays);
    }

    private static IEnumerable<ProcessEntry> Strays()
    {
        FrozenSet<int> heads;
        IReadOnlyList<ProcessEntry> all;
        lock (Gate) (heads, all) = (Heads.ToFrozenSet(), ProcessEntry.All());
        return all
            .Where(entry => entry.Parent == Environment.ProcessId && entry.Session != OwnSession.Value && !heads.Contains(entry.Id))
            .SelectMany(stray => ProcessEntry.Below(stray.Id, all).Prepend(stray));
    }

    // Again and again, since they may fork meanwhile.
    private static void EndAll(Func<IEnumerable<ProcessEntry>> find)
    {
        var watch = Stopwatch.StartNew();
        while (watch.Elapsed < Patience && find().ToArray() is { Length: > 0 } found)
        {
            foreach (ProcessEntry entry in found)
            {
                if (!entry.HasEnded) LinuxCalls.Kill(entry.Id);
                else if (entry.Parent == Environment.ProcessId) LinuxCalls.Bury(entry.Id);
            }

            // The killed ones need a moment to die.
            Thread.Sleep(1);
        }
    }
}
