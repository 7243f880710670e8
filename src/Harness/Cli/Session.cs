using System.Diagnostics;
using System.Globalization;
using System.Text.Json.Nodes;
using Gdn.Harness.Findings;
using Gdn.Harness.Reports;
using Spectre.Console;

namespace Gdn.Harness.Cli;

/// <summary>A command at work: runs its sections one after the other and sums them up in one verdict.</summary>
/// <param name="command">The command.</param>
/// <param name="seed">Seed of the run.</param>
/// <param name="folder">Where replay files go.</param>
/// <param name="jsonPath">Where the report goes, or null.</param>
internal sealed class Session(string command, ulong seed, string folder, string? jsonPath)
{
    private readonly List<(Section Section, TimeSpan Time)> _sections = [];
    private readonly List<ReportFinding> _findings = [];

    /// <summary>Runs a section, saves its findings and prints them; returns its verdict.</summary>
    public Verdict Run(Func<Section> work)
    {
        var watch = Stopwatch.StartNew();
        Section section = work();
        _sections.Add((section, watch.Elapsed));
        foreach (Finding finding in section.Findings) Save(finding);
        return section.Verdict;
    }

    /// <summary>Prints the verdict, writes the report if asked to, and gives the exit code.</summary>
    public int Finish()
    {
        if (_sections.Count > 1) PrintSummary();
        Verdict[] verdicts = [.. _sections.Select(part => part.Section.Verdict)];
        Verdict verdict = verdicts.Contains(Verdict.Dirty) ? Verdict.Dirty : verdicts.Max();
        string reason = _sections.Count == 1
            ? _sections[0].Section.Reason
            : string.Create(
                CultureInfo.InvariantCulture,
                $"{verdicts.Count(v => v == Verdict.Clean)} of {verdicts.Length} parts clean");
        ReportPart[] parts = [.. _sections.Select(part => new ReportPart(
            part.Section.Name, part.Section.Verdict, part.Section.Reason, Math.Round(part.Time.TotalSeconds, 3)))];
        JsonObject[] rows = [.. _sections.SelectMany(
            part => part.Section.Rows.Select(row => Report.Row(part.Section.Name, row)))];
        return Output.Finish(new Report(command, verdict, seed, parts, rows, _findings), jsonPath, reason);
    }

    private void Save(Finding finding)
    {
        Directory.CreateDirectory(folder);
        // The same check may fail in several sections, each with its own smallest case.
        string id = finding.Id;
        for (int n = 2; _findings.Any(other => other.Id == id); n++) id = $"{finding.Id}-{n}";
        string path = Path.Combine(folder, id + ".json");
        finding.Replay.Write(path);
        _findings.Add(new ReportFinding(
            id, finding.Replay.Check, finding.Replay.Summary, path, finding.Replay.Cause, finding.Replay.Layer));

        Output.Console.MarkupLine($"[red]finding {_findings.Count}[/] {Markup.Escape(finding.Replay.Summary)}");
        if (finding.Replay.Cause is { } cause) Output.Console.WriteLine($"  cause: {cause}");
        if (finding.Replay.Layer is { } layer) Output.Console.WriteLine($"  first wrong layer: {layer}");
        foreach (string step in finding.Replay.Steps) Output.Console.WriteLine($"  {step}");
        Output.Console.WriteLine($"  replay: gdn-harness replay {path}");
    }

    private void PrintSummary()
    {
        Table table = Output.Table(3, "part", "verdict", "rests on", "seconds");
        foreach ((Section section, TimeSpan time) in _sections)
            table.AddRow(
                Markup.Escape(section.Name), Output.Mark(section.Verdict), Markup.Escape(section.Reason),
                time.TotalSeconds.ToString("F1", CultureInfo.InvariantCulture));
        Output.Console.Write(table);
    }
}
