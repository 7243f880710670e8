using System.CommandLine;
using System.Diagnostics;
using System.IO.Pipes;
using System.Runtime.InteropServices;
using Gdn.Harness.Engines.Isolation;

namespace Gdn.Harness.Cli;

/// <summary><c>engine-host</c>: not for users. The tool runs foreign engines in processes of this command.</summary>
internal static class EngineHostCommand
{
    private const string Name = "engine-host";

    public static Command Create()
    {
        Argument<string> pipe = new("PIPE"), engine = new("ENGINE");
        var command = new Command(Name, "Runs a foreign engine for another process of the tool.") { pipe, engine };
        command.Hidden = true;
        command.SetAction(parsed => Run(parsed.GetRequiredValue(pipe), parsed.GetRequiredValue(engine)));
        return command;
    }

    /// <summary>How to start a process of this command.</summary>
    /// <param name="pipe">The named pipe on which requests come.</param>
    /// <param name="engine">The engine's name on the command line.</param>
    public static ProcessStartInfo Start(string pipe, string engine)
    {
        string tool = typeof(EngineHostCommand).Assembly.Location, self = Environment.ProcessPath ?? "";
        bool isTool = tool.Length == 0 || SameName(self, tool), isDotnet = SameName(self, "dotnet");
        var start = new ProcessStartInfo(isTool || isDotnet ? self : "dotnet")
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            CreateNoWindow = true,
        };
        if (!isTool) start.ArgumentList.Add(tool);
        foreach (string argument in (string[])[Name, pipe, engine]) start.ArgumentList.Add(argument);
        return start;
    }

    private static bool SameName(string a, string b) =>
        Path.GetFileNameWithoutExtension(a).Equals(Path.GetFileNameWithoutExtension(b), StringComparison.OrdinalIgnoreCase);

    private static int Run(string pipe, string engine)
    {
        // Ctrl-C goes to every process of a terminal; the tool decides what becomes of this one.
        using PosixSignalRegistration ignored = PosixSignalRegistration.Create(PosixSignal.SIGINT, context => context.Cancel = true);
        new Thread(EndWithTheTool) { IsBackground = true }.Start();
        var stream = new NamedPipeClientStream(".", pipe, PipeDirection.InOut, PipeOptions.CurrentUserOnly);
        stream.Connect();
        using var channel = new Channel(stream);
        using var host = new EngineHost(engine, channel);
        host.Run();
        return (int)ExitCode.Clean;
    }

    // Nothing is ever written to standard input: it ends when the tool does, even if the engine is in an endless loop.
    private static void EndWithTheTool()
    {
        using Stream lifeline = Console.OpenStandardInput();
        while (lifeline.ReadByte() >= 0) continue;
        using var self = Process.GetCurrentProcess();
        self.Kill();
    }
}
