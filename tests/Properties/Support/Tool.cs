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
        ProcessStartInfo start = StartInfo(arguments);
        foreach ((string name, string value) in environment) start.Environment[name] = value;
        return Run(start);
    }

    /// <summary>Runs a command line to its end, in a folder.</summary>
    public static Result RunIn(string folder, params string[] arguments)
    {
        ProcessStartInfo start = StartInfo(arguments);
        start.WorkingDirectory = folder;
        return Run(start);
    }

    /// <summary>Starts a command line.</summary>
    public static Process Start(params string[] arguments) => Process.Start(StartInfo(arguments))!;

    private static ProcessStartInfo StartInfo(string[] arguments)
    {
        var start = new ProcessStartInfo("dotnet")
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            ArgumentList = { typeof(CommandLine).Assembly.Location },
        };
        foreach (string argument in arguments) start.ArgumentList.Add(argument);
        return start;
    }

    private static Result Run(ProcessStartInfo start)
    {
        using Process process = Process.Start(start)!;
        Task<string> error = process.StandardError.ReadToEndAsync();
        string output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return new Result((ExitCode)process.ExitCode, output, error.Result);
    }
}
