using System.Globalization;
using Gdn.Harness.Checks;
using Gdn.Harness.Models;
using Gdn.Harness.Reports;
using Spectre.Console;

namespace Gdn.Harness.Cli;

/// <summary>What commands print: a head, tables, findings, a verdict.</summary>
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

    /// <summary>CLEAN or DIRTY in colour.</summary>
    public static string Mark(bool dirty) => dirty ? "[red]DIRTY[/]" : "[green]CLEAN[/]";

    /// <summary>Prints findings with their schedules and how to replay them.</summary>
    public static void Findings(IReadOnlyList<Finding> findings, IReadOnlyList<ReportFinding> saved)
    {
        for (int i = 0; i < findings.Count; i++)
        {
            Console.MarkupLine($"[red]finding {i + 1}[/] {Markup.Escape(saved[i].Summary)}");
            foreach (string step in findings[i].Replay.Steps) Console.WriteLine($"  {step}");
            if (saved[i].Replay is { } path) Console.WriteLine($"  replay: gdn-harness replay {path}");
        }
    }

    /// <summary>Prints the verdict, writes the report if asked to, and gives the exit code.</summary>
    public static int Finish(Report report, string? jsonPath, string reason)
    {
        if (jsonPath is not null) File.WriteAllText(jsonPath, report.ToJson() + "\n");
        string colour = report.Verdict switch
        {
            Verdict.Clean => "green",
            Verdict.Dirty => "red",
            _ => "yellow",
        };
        Console.MarkupLine(
            $"verdict: [{colour}]{report.Verdict.ToString().ToLowerInvariant()}[/] ({Markup.Escape(reason)})");
        return (int)(report.Verdict switch
        {
            Verdict.Clean => ExitCode.Clean,
            Verdict.Dirty => ExitCode.Dirty,
            _ => ExitCode.Inconclusive,
        });
    }

    // Piped output must not be wrapped at a width that nobody looks at.
    private static IAnsiConsole Create()
    {
        IAnsiConsole console = AnsiConsole.Create(new AnsiConsoleSettings());
        if (System.Console.IsOutputRedirected) console.Profile.Width = 4096;
        return console;
    }
}
