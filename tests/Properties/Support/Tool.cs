using System.Diagnostics;
using Gdn.Harness.Cli;

namespace Gdn.Properties.Support;

/// <summary>The tool as users run it: a process of its own.</summary>
internal static class Tool
{
    /// <summary>What a run printed, and its exit code.</summary>
    public sealed record Result(ExitCode Exit, string Output, string Error);

    /// <summary>Runs a command line to its end.</summary>
    public static Result Run(params string[] arguments) => Run(new Dictionary<string, string>(), arguments);

    /// <summary>Runs a command line to its end, with some environment variables.</summary>
    public static Result Run(IReadOnlyDictionary<string, string> environment, params string[] arguments)
    {
        var start = new ProcessStartInfo("dotnet")
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            ArgumentList = { typeof(CommandLine).Assembly.Location },
        };
        foreach ((string name, string value) in environment) start.Environment[name] = value;
        foreach (string argument in arguments) start.ArgumentList.Add(argument);
        using Process process = Process.Start(start)!;
        Task<string> error = process.StandardError.ReadToEndAsync();
        string output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return new Result((ExitCode)process.ExitCode, output, error.Result);
    }
}
