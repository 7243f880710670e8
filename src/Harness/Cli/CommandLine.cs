using System.CommandLine;
using System.CommandLine.Invocation;
using Gdn.Reference;

namespace Gdn.Harness.Cli;

/// <summary>The command line: names, options and exit codes are a contract.</summary>
public static class CommandLine
{
    /// <summary>Runs a command line and returns its exit code (<see cref="ExitCode"/>).</summary>
    public static async Task<int> Run(IReadOnlyList<string> arguments)
    {
        var root = new RootCommand(
            "Checks whether an engine handles the recurrent state of hybrid (Gated DeltaNet) models correctly.\n"
            + "Exit codes: 0 clean, 1 finding, 2 wrong usage or unreadable input, 3 environment failed, 4 inconclusive.")
        {
            GateCommand.Create(),
            CheckCommand.Create(),
            BleedCommand.Create(),
            MtpDiffCommand.Create(),
            PplCommand.Create(),
            ThroughputCommand.Create(),
            CompareCommand.Create(),
            ReplayCommand.Create(),
            MergeCommand.Create(),
            HistoryCommand.Create(),
            FaultsCommand.Create(),
            ModelCommand.Create(),
            ServeCommand.Create(),
            CompletionCommand.Create(),
            EngineHostCommand.Create(),
        };
        ParseResult parsed = root.Parse(arguments);
        if (parsed.Errors.Count > 0 && parsed.Action is ParseErrorAction)
        {
            await Output.ErrorAsync($"error: {OutsideText.OneLine(UsageError.Of(parsed))}");
            return (int)ExitCode.Usage;
        }

        // What is over in a moment is simply ended.
        using Interruption? interruption = parsed.Action is AsynchronousCommandLineAction ? new Interruption() : null;
        try
        {
            var configuration = new InvocationConfiguration { EnableDefaultExceptionHandler = false, ProcessTerminationTimeout = null };
            return await parsed.InvokeAsync(configuration, interruption?.Token ?? CancellationToken.None);
        }
        catch (InputException e)
        {
            await Output.ErrorAsync($"error: {e.Message}");
            return (int)ExitCode.Usage;
        }
        catch (OperationCanceledException)
        {
            await Output.ErrorAsync("interrupted: nothing was run yet");
            return (int)ExitCode.Inconclusive;
        }
        catch (OutOfMemoryException)
        {
            await Output.ErrorAsync("error: there is not enough memory; use a smaller model, or fewer slots");
            return (int)ExitCode.Environment;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or EnvironmentException)
        {
            await Output.ErrorAsync($"error: {e.Message}");
            return (int)ExitCode.Environment;
        }
    }
}
