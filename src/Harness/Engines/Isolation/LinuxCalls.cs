using System.Runtime.InteropServices;

namespace Gdn.Harness.Engines.Isolation;

/// <summary>What Linux offers to keep processes together, and .NET does not.</summary>
internal static partial class LinuxCalls
{
    private const int SetChildSubreaper = 36, Kill9 = 9, NoHang = 1;

    /// <summary>Makes this process the first of a session of its own; none of its descendants can leave for another's.</summary>
    public static void StartSession() => _ = setsid();

    /// <summary>Makes this process the parent of those of its descendants whose parent ends.</summary>
    public static void AdoptOrphans() => _ = prctl(SetChildSubreaper, 1, 0, 0, 0);

    /// <summary>Ends a process, which cannot refuse.</summary>
    public static void Kill(int process) => _ = kill(process, Kill9);

    /// <summary>Takes a child that has ended off the process table.</summary>
    public static void Bury(int child) => _ = waitpid(child, 0, NoHang);

    [LibraryImport("libc")]
    private static partial int setsid();

    [LibraryImport("libc")]
    private static partial int prctl(int option, nuint a, nuint b, nuint c, nuint d);

    [LibraryImport("libc")]
    private static partial int kill(int process, int signal);

    [LibraryImport("libc")]
    private static partial int waitpid(int process, nint status, int options);
}
