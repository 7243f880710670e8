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
    public static IAnsiConsole Console { get; } = AnsiConsole.Create(new AnsiConsoleSettings());

    /// <summary>Characters in a line.</summary>
    public static int Width { get; } = WidthOf(Console);

    /// <summary>Writes reports and tables there.</summary>
    public static ConsoleWriter Writer { get; } = new(Console, Width);

    /// <summary>Writes a line to standard error.</summary>
    public static Task ErrorAsync(string line) => System.Console.Error.WriteLineAsync(OutsideText.OneLine(line));

    private static int WidthOf(IAnsiConsole console)
    {
        int width = System.Console.IsOutputRedirected ? Unbroken : console.Profile.Width;
        console.Profile.Width = Unbroken;
        return width;
    }
}
