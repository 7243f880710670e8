using System.CommandLine;
using System.Diagnostics;
using System.Globalization;
using Gdn.Harness.Faults;
using Gdn.Harness.Reports;
using Gdn.Harness.Server;
using Spectre.Console;

namespace Gdn.Harness.Cli;

/// <summary><c>faults list</c> and <c>faults matrix</c>: what can be planted, and what catches it.</summary>
internal static class FaultsCommand
{
    public static Command Create() =>
        new("faults", "Real bugs that can be planted into a CPU engine, and which check catches them.") { List(), Matrix() };

    private static Command List()
    {
        var list = new Command("list", "List what can be planted, as cpu+fault:ID: faults, and controls that are none.");
        list.SetAction(_ =>
        {
            Write("fault", FaultCatalog.Faults);
            Write("control", FaultCatalog.Benign);
            Table inServer = Output.Table(3, "server fault", "what it does (serve --fault ID)", "where it was seen");
            foreach (ServerFault fault in ServerFaults.All)
                inServer.AddRow(Markup.Escape(fault.Id), Markup.Escape(fault.Summary), Markup.Escape(fault.Source));
            Output.Console.Write(inServer);
            Table table = Output.Table(2, "not planted", "why");
            foreach (InexpressibleFault fault in FaultCatalog.Inexpressible)
                table.AddRow(Markup.Escape(fault.Id), Markup.Escape(fault.Reason));
            Output.Console.Write(table);
            return (int)ExitCode.Clean;
        });
        return list;
    }

    private static Command Matrix()
    {
        var faults = new Option<string?>("--faults")
        {
            Description = "Faults and controls to run, separated by commas. [default: all]",
            HelpName = "ID,...",
        };
        Option<TimeSpan?> time = CommonOptions.Time();
        time.Description = "A fault that no check has caught after this long has escaped: seconds, or 90s, 5m. [default: 60s]";
        Option<ulong?> seed = CommonOptions.Seed();
        Option<string?> json = CommonOptions.Json();
        var markdown = new Option<string?>("--markdown")
        {
            Description = "Write the matrix as Markdown to this file.",
            HelpName = "FILE",
        };
        var matrix = new Command("matrix", "Plant each fault and see which checks catch it, after how many cases.")
        {
            faults, time, seed, json, markdown,
        };
        matrix.SetAction((parsed, cancellation) =>
        {
            var run = new FaultMatrix(CommonOptions.SeedOf(parsed, seed));
            if (parsed.GetValue(time) is { } limit) run = run with { TimeLimit = limit };
            return Task.FromResult(Run(
                run, Entries(parsed.GetValue(faults)), parsed.GetValue(json), parsed.GetValue(markdown), cancellation));
        });
        return matrix;
    }

    private static int Run(
        FaultMatrix matrix, IReadOnlyList<Fault> entries, string? json, string? markdown, CancellationToken cancellation)
    {
        Output.Head("faults matrix", "cpu+fault:...", FaultMatrix.Model, matrix.Seed);
        var watch = Stopwatch.StartNew();
        List<FaultRow> rows = LiveProgress.Run("faults", entries.Count, step => Rows(matrix, entries, step, cancellation));

        Table table = Output.Table(2, ["fault", "verdict", "np", .. FaultMatrixText.Checks, "steps", "sequences", "cause", "schedules", "seconds"]);
        foreach (FaultRow row in rows)
            table.AddRow([
                Markup.Escape(row.Fault),
                row.Problem is { } problem ? $"[red]{Markup.Escape(problem)}[/]" : row.IsControl ? "clean" : "caught",
                row.FromSlots is { } slots ? Output.Text(slots) : "",
                .. FaultMatrixText.Cells(row),
                row.Shrunk is { } shrunk ? Output.Text(shrunk.Steps) : "",
                row.Shrunk is { } small ? Output.Text(small.Sequences) : "",
                FaultMatrixText.Cause(row),
                Output.Text(row.Schedules),
                row.Hits.Count == 0 ? "" : row.Hits.Min(hit => hit.Seconds).ToString("F1", CultureInfo.InvariantCulture),
            ]);
        Output.Console.Write(table);
        if (markdown is not null) File.WriteAllText(markdown, FaultMatrixText.Markdown(matrix, rows));

        bool completed = rows.Count == entries.Count && rows.All(row => row.Completed);
        Verdict verdict = rows.Any(row => row.Completed && row.Problem is not null)
            ? Verdict.Dirty
            : completed ? Verdict.Clean : Verdict.Inconclusive;
        string reason = new FaultMatrixSummary(rows) + (completed ? "" : ", interrupted");
        const string part = "faults";
        return Output.Finish(
            new Report(
                "faults matrix", verdict, matrix.Seed,
                [new ReportPart(part, verdict, reason, Math.Round(watch.Elapsed.TotalSeconds, 3))],
                [.. rows.Select(row => Report.Row(part, row))], []),
            json, reason);
    }

    private static List<FaultRow> Rows(
        FaultMatrix matrix, IReadOnlyList<Fault> entries, Action step, CancellationToken cancellation)
    {
        var rows = new List<FaultRow>();
        foreach (Fault entry in entries)
        {
            if (cancellation.IsCancellationRequested) break;
            rows.Add(matrix.Run(entry, FaultCatalog.Benign.Contains(entry), cancellation));
            step();
        }

        return rows;
    }

    private static IReadOnlyList<Fault> Entries(string? ids) => ids is null
        ? [.. FaultCatalog.Faults, .. FaultCatalog.Benign]
        : [.. ids.Split(',').Select(FaultCatalog.Named)];

    private static void Write(string kind, IReadOnlyList<Fault> entries)
    {
        Table table = Output.Table(4, kind, "what it does", "shows in", "where it was seen", "from np");
        foreach (Fault fault in entries)
            table.AddRow(
                Markup.Escape(fault.Id), Markup.Escape(fault.Summary), $"{fault.Levels}", Markup.Escape(fault.Source),
                Output.Text(fault.FromSlots));
        Output.Console.Write(table);
    }
}
