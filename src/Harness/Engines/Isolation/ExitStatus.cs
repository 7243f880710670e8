using System.Globalization;

namespace Gdn.Harness.Engines.Isolation;

/// <summary>How a process ended, in words.</summary>
internal static class ExitStatus
{
    // What shells and .NET add to a signal's number.
    private const int SignalBase = 128;

    /// <summary>Words for an exit code, to follow "the process".</summary>
    public static string Describe(int exitCode) => Signal(exitCode - SignalBase) is { } signal && !OperatingSystem.IsWindows()
        ? $"was ended by {signal}"
        : string.Create(CultureInfo.InvariantCulture, $"ended with exit code {exitCode}");

    private static string? Signal(int number) => number switch
    {
        4 => "SIGILL (illegal instruction)",
        6 => "SIGABRT (abort)",
        7 or 10 => "SIGBUS (bad memory access)",
        8 => "SIGFPE (arithmetic fault)",
        9 => "SIGKILL (out of memory?)",
        11 => "SIGSEGV (invalid memory access)",
        15 => "SIGTERM",
        31 or 12 => "SIGSYS (forbidden system call)",
        _ => null,
    };
}
