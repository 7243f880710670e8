using Gdn.Harness.Reports.Writers;
using Gdn.Reference;
using Spectre.Console;

namespace Gdn.Harness.Cli;

/// <summary>Where commands print to.</summary>
internal static class Output
{
    /// <summary>Where results go.</summary>
    public static IAnsiConsole Console { get; } = Create();

    /// <summary>Writes reports and tables there.</summary>
    public static ConsoleWriter Writer { get; } = new(Console);

    /// <summary>Writes a line to standard error.</summary>
    public static Task ErrorAsync(string line) => System.Console.Error.WriteLineAsync(OutsideText.OneLine(line));

    // Piped output must not be wrapped at a width that nobody looks at.
    private static IAnsiConsole Create()
    {
        IAnsiConsole console = AnsiConsole.Create(new AnsiConsoleSettings());
        if (System.Console.IsOutputRedirected) console.Profile.Width = 4096;
        return console;
    }
}
