using Gdn.Harness.Campaigns;
using Gdn.Harness.Findings;
using Gdn.Harness.Reports;
using Gdn.Harness.Reports.Writers;
using Gdn.Reference;

namespace Gdn.Harness.Cli;

/// <summary>
/// A command at work: runs campaigns one after the other, saves what they find, writes the report in every format, and gives
/// the exit code.
/// </summary>
/// <param name="command">The command.</param>
/// <param name="seed">Seed of the run.</param>
/// <param name="folder">Where replay files go.</param>
/// <param name="jsonPath">Where the report goes as JSON, or null.</param>
/// <param name="markdownPath">Where it goes as Markdown, or null.</param>
internal sealed class Session(string command, ulong seed, string folder, string? jsonPath, string? markdownPath = null)
{
    private readonly List<Part> _parts = [];
    private readonly List<LeftOut> _leftOut = [];
    private readonly (IReportWriter Writer, string? Path)[] _files = [(new JsonWriter(), jsonPath), (new MarkdownWriter(), markdownPath)];

    /// <summary>Runs a campaign, prints its part and saves its findings; returns its verdict.</summary>
    public async Task<Verdict> RunAsync(Campaign campaign, CancellationToken cancellation)
    {
        Output.Writer.WriteHead(campaign.Name, campaign.Head);
        Part part = await LiveProgress.RunAsync(progress => campaign.RunAsync(progress, cancellation));
        Output.Writer.WriteContent(part);
        var findings = new List<Finding>();
        foreach (Finding finding in part.Findings)
        {
            findings.Add(finding.ReplayPath is null ? Save(finding, findings) : finding);
            Output.Writer.Write(_parts.Sum(other => other.Findings.Count) + findings.Count, findings[^1]);
        }

        _parts.Add(part with { Findings = findings });
        return part.Verdict;
    }

    /// <summary>Runs a part that was asked for beside others: where it cannot be run it is inconclusive, and the others are run.</summary>
    public async Task TryRunAsync(Campaign campaign, CancellationToken cancellation)
    {
        try
        {
            await RunAsync(campaign, cancellation);
        }
        catch (Exception e) when (e is InputException or EnvironmentException or IOException or UnauthorizedAccessException)
        {
            CannotRun(campaign.Name, e.Message);
        }
    }

    /// <summary>Says that a part that was asked for cannot be run, and why: the report is inconclusive.</summary>
    public void CannotRun(string name, string reason)
    {
        Part part = Part.NotRun(name, reason);
        Output.Writer.WriteContent(part);
        _parts.Add(part);
    }

    /// <summary>Says what is not run, and why.</summary>
    public void LeaveOut(string name, string reason)
    {
        _leftOut.Add(new LeftOut(name, reason));
        Output.Writer.Write(_leftOut[^1]);
    }

    /// <summary>Prints the verdict, writes the report where it is wanted, and gives the exit code.</summary>
    public async Task<int> FinishAsync()
    {
        var report = new Report(command, seed, _parts) { LeftOut = _leftOut };
        foreach ((IReportWriter writer, string? path) in _files)
        {
            if (path is null) continue;
            await using StreamWriter file = File.CreateText(path);
            writer.Write(report, file);
        }

        Output.Writer.WriteVerdict(report);
        foreach (Part part in _parts)
            if (part.Failure is { } failure) await Console.Error.WriteLineAsync($"error: {failure.Message}");
        return (int)ExitCodes.Of(report);
    }

    // The same check may fail in several parts, each with its own smallest case.
    private Finding Save(Finding finding, List<Finding> ofPart)
    {
        Directory.CreateDirectory(folder);
        HashSet<string> taken = [.. _parts.SelectMany(part => part.Findings).Concat(ofPart).Select(other => other.Id)];
        string id = finding.Id;
        for (int n = 2; taken.Contains(id); n++) id = $"{finding.Id}-{n}";
        string path = Path.Combine(folder, id + ".json");
        finding.Replay?.Write(path);
        return finding with { Id = id, ReplayPath = path };
    }
}
