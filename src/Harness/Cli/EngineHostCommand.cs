using System.CommandLine;
using System.IO.Pipes;
using System.Runtime.InteropServices;
using Gdn.Harness.Engines.Isolation;

namespace Gdn.Harness.Cli;

/// <summary><c>engine-host</c>: not for users. The tool runs foreign engines in processes of this command.</summary>
internal static class EngineHostCommand
{
    public static Command Create()
    {
        Argument<string> pipe = new("PIPE"), engine = new("ENGINE");
        var command = new Command(EngineHostProcess.Command, "Runs a foreign engine for another process of the tool.") { pipe, engine };
        command.Hidden = true;
        command.SetAction(parsed => Run(parsed.GetRequiredValue(pipe), parsed.GetRequiredValue(engine)));
        return command;
    }

    private static int Run(string pipe, string engine)
    {
        EngineFamilies.Found();
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
        EngineFamilies.EndOwn();
    }
}
