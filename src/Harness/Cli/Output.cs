using Gdn.Harness.Reports.Writers;
using Gdn.Reference;
using Spectre.Console;

namespace Gdn.Harness.Cli;

/// <summary>Where commands print to.</summary>
internal static class Output
{
    // What nobody looks at is not broken into lines.
    private const int Unbroken = 4096;

    /// <summary>Where results go. It breaks no lines: who writes to it does.</summary>
    public static IAnsiConsole Console { get; private set; } = AnsiConsole.Create(new AnsiConsoleSettings());

    /// <summary>Writes reports and tables there.</summary>
    public static ConsoleWriter Writer { get; private set; } = new(Console, WidthOf(Console, System.Console.IsOutputRedirected));

    /// <summary>From now on results for people go to standard error: standard output holds a report for programs.</summary>
    public static void ToError()
    {
        Console = AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(System.Console.Error) });
        Writer = new ConsoleWriter(Console, WidthOf(Console, System.Console.IsErrorRedirected));
    }

    /// <summary>Writes a line to standard error.</summary>
    public static Task ErrorAsync(string line) => System.Console.Error.WriteLineAsync(OutsideText.OneLine(line));

    private static int WidthOf(IAnsiConsole console, bool isRedirected)
    {
        int width = isRedirected ? Unbroken : console.Profile.Width;
        console.Profile.Width = Unbroken;
        return width;
    }
}
