using System.Diagnostics;
using Gdn.Reference;

namespace Gdn.Harness;

/// <summary>Programs of the user's that are run and read.</summary>
internal static class ToolProgram
{
    /// <summary>Runs a program to its end.</summary>
    /// <param name="path">Path of the program.</param>
    /// <param name="arguments">Its arguments.</param>
    /// <param name="cancellation">Ends the program.</param>
    /// <returns>What it printed: standard output, then standard error.</returns>
    /// <exception cref="EnvironmentException">It cannot be started, or fails.</exception>
    public static async Task<string> RunAsync(string path, IEnumerable<string> arguments, CancellationToken cancellation)
    {
        var start = new ProcessStartInfo(path, arguments)
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            RedirectStandardInput = true,
        };
        using Process process = Started(start);
        process.StandardInput.Close();
        Task<string> error = process.StandardError.ReadToEndAsync(cancellation);
        try
        {
            string printed = await process.StandardOutput.ReadToEndAsync(cancellation) + "\n" + await error;
            await process.WaitForExitAsync(cancellation);
            if (process.ExitCode == 0) return printed;
            string last = printed.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).LastOrDefault("nothing");
            throw new EnvironmentException(
                path, FormattableString.Invariant($"it ended with exit code {process.ExitCode}, after printing: {last}"),
                "run it by hand to see what it lacks");
        }
        finally
        {
            if (!process.HasExited) process.Kill(entireProcessTree: true);
        }
    }

    private static Process Started(ProcessStartInfo start)
    {
        try
        {
            return Process.Start(start)!;
        }
        catch (System.ComponentModel.Win32Exception e)
        {
            throw new EnvironmentException(start.FileName, $"it cannot be started ({e.Message})", "name a program", e);
        }
    }
}
