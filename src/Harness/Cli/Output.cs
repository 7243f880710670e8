using System.Globalization;
using Gdn.Harness.Models;
using Gdn.Harness.Reports;
using Spectre.Console;

namespace Gdn.Harness.Cli;

/// <summary>What commands print: heads, tables, a verdict.</summary>
internal static class Output
{
    /// <summary>Where results go.</summary>
    public static IAnsiConsole Console { get; } = Create();

    /// <summary>Says what is about to run, and how to run it again.</summary>
    public static void Head(string command, string engine, LoadedModel model, ulong seed) =>
        Console.WriteLine(
            $"{command}: engine {engine}, model {model.Name} (sha256 {model.Sha256[..12]}), seed {Text(seed)}");

    /// <summary>A table whose columns are right-aligned but for the first ones.</summary>
    public static Table Table(int leftColumns, params string[] columns)
    {
        Table table = new Table().Border(TableBorder.Simple);
        for (int i = 0; i < columns.Length; i++)
            table.AddColumn(new TableColumn(columns[i]) { Alignment = i < leftColumns ? Justify.Left : Justify.Right });
        return table;
    }

    /// <summary>A number as everyone reads it.</summary>
    public static string Text(IFormattable value) => value.ToString(null, CultureInfo.InvariantCulture);

    /// <summary>A verdict in colour.</summary>
    public static string Mark(Verdict verdict) =>
        $"[{Colour(verdict)}]{verdict.ToString().ToUpperInvariant()}[/]";

    /// <summary>Prints the verdict, writes the report if asked to, and gives the exit code.</summary>
    public static int Finish(Report report, string? jsonPath, string reason)
    {
        if (jsonPath is not null) File.WriteAllText(jsonPath, report.ToJson() + "\n");
        Console.MarkupLine($"verdict: {Mark(report.Verdict)} ({Markup.Escape(reason)})");
        return (int)(report.Verdict switch
        {
            Verdict.Clean => ExitCode.Clean,
            Verdict.Dirty => ExitCode.Dirty,
            _ => ExitCode.Inconclusive,
        });
    }

    private static string Colour(Verdict verdict) => verdict switch
    {
        Verdict.Clean => "green",
        Verdict.Dirty => "red",
        _ => "yellow",
    };

    // Piped output must not be wrapped at a width that nobody looks at.
    private static IAnsiConsole Create()
    {
        IAnsiConsole console = AnsiConsole.Create(new AnsiConsoleSettings());
        if (System.Console.IsOutputRedirected) console.Profile.Width = 4096;
        return console;
    }
}
