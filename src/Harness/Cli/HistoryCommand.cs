using System.CommandLine;
using System.Globalization;
using Gdn.Harness.History;
using Gdn.Harness.Reports;
using Gdn.Reference;

namespace Gdn.Harness.Cli;

/// <summary><c>history</c>: looks at runs that were kept with <c>--history</c>, and moves them.</summary>
internal static class HistoryCommand
{
    private const int ShownId = 8, TrendLength = 200;

    private static readonly Option<string?> Where = HistoryOption.Create("The history");

    private static readonly TableOf<HistoryEntry> Runs = new TableOf<HistoryEntry>("runs")
        .Left("id", "run", run => run.Id, run => run.Id[..ShownId])
        .Left("time", "time (UTC)", run => run.Time, run => Text(run.Time))
        .Left("verdict", "verdict", run => run.Verdict)
        .Left("command", "command", run => run.Command)
        .Left("subject", "what", run => run.Subject)
        .Left("commit", "commit", run => run.Commit, run => run.Commit is { } commit ? commit[..Math.Min(ShownId, commit.Length)] : "")
        .Left("machine", "machine", run => run.Machine);

    private static readonly TableOf<HistoryMetric> Figures = new TableOf<HistoryMetric>("figures")
        .Left("name", "figure", metric => metric.Name)
        .Right("value", "value", metric => metric.Value, metric => Text(metric.Value));

    public static Command Create()
    {
        var command = new Command("history", "Runs that were kept with --history: look at them, see where figures changed, move them.")
        {
            List(), Show(), Plot(), Export(), Import(),
        };
        Where.Recursive = true;
        command.Options.Add(Where);
        return command;
    }

    private static Command List()
    {
        Option<int?> most = CommonOptions.Count("--limit", "How many of the latest runs to list. [default: 20]");
        var list = new Command("list", "List the latest runs.") { most };
        list.SetAction(parsed =>
        {
            using HistoryStore store = Open(parsed);
            Output.Writer.Write(Runs.Of(store.Latest(parsed.GetValue(most) ?? 20)));
            return (int)ExitCode.Clean;
        });
        return list;
    }

    private static Command Show()
    {
        Argument<string> id = Run();
        var show = new Command("show", "Show a run: where it was, its figures, its findings.") { id };
        show.SetAction(parsed =>
        {
            using HistoryStore store = Open(parsed);
            HistoryEntry entry = Find(store, parsed.GetRequiredValue(id));
            HistoryRun run = store.Get(entry.Id);
            Output.Writer.WriteLine($"run {run.Id}, {Text(run.Time)} UTC, {run.Command}: {run.Subject}");
            Output.Writer.WriteLine($"tool {run.Tool}, commit {run.Commit ?? "unknown"}, {run.Machine}");
            Output.Writer.Write(Figures.Of(run.Metrics));
            foreach (string fingerprint in run.Fingerprints) Output.Writer.WriteLine($"finding {fingerprint}");
            Output.Writer.WriteLine($"verdict: {Cell.TextOf(run.Verdict)}");
            return (int)ExitCode.Clean;
        });
        return show;
    }

    private static Command Plot()
    {
        Argument<string?> id = new("RUN") { Description = "A run, by the beginning of its name. [default: the latest]", Arity = ArgumentArity.ZeroOrOne };
        var plot = new Command("plot", "Draw the figures of a run and of those before it that are like it, and say where they changed.") { id };
        plot.SetAction(parsed =>
        {
            using HistoryStore store = Open(parsed);
            HistoryEntry? run = parsed.GetValue(id) is { } name ? Find(store, name) : store.Latest(1) is [var latest] ? latest : null;
            if (run is null) throw new InputException(HistoryOption.Name, "it is empty", $"run a command with {HistoryOption.Name}");
            Output.Writer.WriteLine($"{run.Command}: {run.Subject}; {run.Machine}");
            foreach (Trend trend in store.Trends(run.Series, TrendLength))
                foreach (string line in TrendText.Of(trend)) Output.Writer.WriteLine(line);
            return (int)ExitCode.Clean;
        });
        return plot;
    }

    private static Command Export()
    {
        Argument<string> file = new("FILE") { Description = "A file of one report a line." };
        var export = new Command("export", "Write all reports to a file.") { file };
        export.SetAction(parsed =>
        {
            using HistoryStore store = Open(parsed);
            string path = parsed.GetRequiredValue(file);
            OutputPath.TryFile(path);
            // Whole or not at all.
            string part = path + ".part";
            int count = 0;
            using (var writer = new StreamWriter(part))
                foreach (string report in store.Reports())
                {
                    writer.WriteLine(report.ReplaceLineEndings("").Trim());
                    count++;
                }

            File.Move(part, path, overwrite: true);
            Output.Writer.WriteLine(FormattableString.Invariant($"{count} runs written to {path}"));
            return (int)ExitCode.Clean;
        });
        return export;
    }

    private static Command Import()
    {
        Argument<string[]> files = new("FILE") { Description = "Files of 'history export', or reports of --json.", Arity = ArgumentArity.OneOrMore };
        var import = new Command("import", "Add reports; those that are there already stay as they are.") { files };
        import.SetAction(parsed =>
        {
            using HistoryStore store = Open(parsed);
            int added = 0, seen = 0;
            foreach (string path in parsed.GetRequiredValue(files))
                foreach (HistoryRun run in ReportLines.Read(path))
                {
                    seen++;
                    if (store.Add(run)) added++;
                }

            Output.Writer.WriteLine(FormattableString.Invariant($"{added} runs added, {seen - added} were there already"));
            return (int)ExitCode.Clean;
        });
        return import;
    }

    private static Argument<string> Run() => new("RUN") { Description = "A run, by the beginning of its name." };

    private static HistoryStore Open(ParseResult parsed) => HistoryStore.Open(HistoryOption.Required(parsed, Where));

    private static HistoryEntry Find(HistoryStore store, string id) => store.Find(id) switch
    {
        [var only] => only,
        [] => throw new InputException($"run '{id}'", "it does not exist", "'history list' shows those that do"),
        _ => throw new InputException($"run '{id}'", "several begin like that", "write more of its name"),
    };

    private static string Text(DateTimeOffset time) => time.UtcDateTime.ToString("yyyy-MM-dd HH:mm", CultureInfo.InvariantCulture);

    private static string Text(double value) => value.ToString("G6", CultureInfo.InvariantCulture);
}
