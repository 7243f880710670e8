using System.Diagnostics;

namespace Gdn.Harness.Engines.Isolation;

/// <summary>The child process of the tool that runs a foreign engine (<see cref="EngineHost"/>).</summary>
internal static class EngineHostProcess
{
    /// <summary>The command of the tool that such a process is.</summary>
    public const string Command = "engine-host";

    /// <summary>How to start one.</summary>
    /// <param name="pipe">The named pipe on which requests come.</param>
    /// <param name="engine">The engine's name on the command line.</param>
    public static ProcessStartInfo StartInfo(string pipe, string engine)
    {
        string tool = typeof(EngineHostProcess).Assembly.Location, self = Environment.ProcessPath ?? "";
        bool isTool = tool.Length == 0 || SameName(self, tool), isDotnet = SameName(self, "dotnet");
        var start = new ProcessStartInfo(isTool || isDotnet ? self : "dotnet")
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            CreateNoWindow = true,
        };
        // An abort inside ggml is told in a line; a debugger's output would hide it.
        start.Environment["GGML_NO_BACKTRACE"] = "1";
        if (!isTool) start.ArgumentList.Add(tool);
        foreach (string argument in (string[])[Command, pipe, engine]) start.ArgumentList.Add(argument);
        return start;
    }

    private static bool SameName(string a, string b) =>
        Path.GetFileNameWithoutExtension(a).Equals(Path.GetFileNameWithoutExtension(b), StringComparison.OrdinalIgnoreCase);
}
