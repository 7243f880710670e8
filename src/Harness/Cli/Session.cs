using Gdn.Harness.Campaigns;
using Gdn.Harness.Findings;
using Gdn.Harness.History;
using Gdn.Harness.Reports;
using Gdn.Reference;

namespace Gdn.Harness.Cli;

/// <summary>
/// A command at work: runs campaigns one after the other, saves what they find, writes the report in every format, and gives
/// the exit code. What has been found is never lost: not to a later part that fails, not to a file that cannot be written, not to
/// an interruption.
/// </summary>
internal sealed class Session
{
    private const string OutOfTime = "its time was over";

    // As far back as a chart shows.
    private const int TrendLength = 200;

    private readonly string _command;
    private readonly ulong _seed;
    private readonly string? _folder;
    private readonly ReportTargets _targets;
    private readonly List<Part> _parts = [];
    private readonly List<LeftOut> _leftOut = [];
    private readonly List<string> _unwritten = [];
    private readonly HashSet<ReplayFile> _saved = new(ReferenceEqualityComparer.Instance);
    private readonly HashSet<string> _ids = [];
    private bool _isInterrupted;

    /// <summary>Nothing has been run yet; every path has been tried.</summary>
    /// <param name="command">The command.</param>
    /// <param name="seed">Seed of the run.</param>
    /// <param name="folder">Where replay files go; null for a command that writes none.</param>
    /// <param name="targets">Where the report goes, in which forms.</param>
    /// <exception cref="InputException">One of the paths cannot be written.</exception>
    /// <exception cref="EnvironmentException">The history cannot be reached.</exception>
    public Session(string command, ulong seed, string? folder, ReportTargets targets)
    {
        (_command, _seed, _folder, _targets) = (command, seed, folder, targets);
        Output.Writer.ShowsAll = targets.ShowsAll;
        if (folder is not null) OutputPath.TryFolder(folder);
        foreach (ReportFile file in targets.Files) file.Try();
        if (targets.History is { } place) HistoryStore.Open(place).Dispose();
    }

    /// <summary>What to do with findings, as the command line has it; null for a command without options for that.</summary>
    public FindingPolicy? Policy { get; init; }

    /// <summary>Cancelled when the time of the whole run is over: what is not done by then is inconclusive.</summary>
    public CancellationToken TimeOver { get; init; }

    /// <summary>How many parts there will be; null where that is not known.</summary>
    public int? PlannedParts { get; set; }

    private string? PartInWords => PlannedParts is > 1 and var planned
        ? FormattableString.Invariant($"part {Math.Min(_parts.Count + 1, planned)} of {planned}")
        : null;

    /// <summary>What has been run so far.</summary>
    public IReadOnlyList<Part> Parts => _parts;

    private IEnumerable<Finding> Findings => _parts.SelectMany(part => part.Findings);

    /// <summary>Runs a campaign, prints its part and saves its findings; returns its verdict.</summary>
    /// <exception cref="InputException">It cannot be run, and nothing has been found before.</exception>
    /// <exception cref="EnvironmentException">The environment failed, and nothing has been found before.</exception>
    public Task<Verdict> RunAsync(Campaign campaign, CancellationToken cancellation) =>
        RunAsync(campaign, mayFail: Findings.Any(), budget: null, cancellation);

    /// <summary>Runs a part that was asked for beside others: where it cannot be run it is inconclusive, and the others are run.</summary>
    /// <param name="campaign">What to run.</param>
    /// <param name="budget">How long it may take; what is not done by then is inconclusive.</param>
    /// <param name="cancellation">Ends the whole run.</param>
    public Task<Verdict> TryRunAsync(Campaign campaign, TimeSpan budget, CancellationToken cancellation) =>
        RunAsync(campaign, mayFail: true, budget, cancellation);

    /// <summary>Says that a part that was asked for cannot be run, and why: the report is inconclusive.</summary>
    public Verdict CannotRun(string name, string reason) => Add(Part.NotRun(name, reason));

    /// <summary>Takes a part that was run elsewhere.</summary>
    public Verdict Take(Part part)
    {
        Output.Writer.WriteHead(part.Name, part.Head);
        return Add(part);
    }

    /// <summary>Says what is not run, and why.</summary>
    public void LeaveOut(string name, string reason)
    {
        _leftOut.Add(new LeftOut(name, reason));
        Output.Writer.Write(_leftOut[^1]);
    }

    /// <summary>Notes that a file could not be written, and why; null for none.</summary>
    public void NoteUnwritten(string? failure)
    {
        if (failure is not null) _unwritten.Add(failure);
    }

    /// <summary>Prints the verdict, writes the report where it is wanted, and gives the exit code.</summary>
    public async Task<int> FinishAsync()
    {
        HashSet<string?> seen = [.. Findings.Select(finding => finding.Fingerprint)];
        var report = new Report(_command, _seed, _parts)
        {
            LeftOut = _leftOut,
            Arguments = _targets.Arguments,
            Shard = _targets.Shard,
            Commit = SourceCommit.Of(Environment.CurrentDirectory),
            IsInterrupted = _isInterrupted,
            NotSeen = [.. (Policy?.Known ?? KnownFindings.None).Entries.Where(known => !seen.Contains(known.Fingerprint))],
        };
        if (Policy is not null && Findings.Any(finding => finding is { IsKnown: false, Fingerprint: not null }))
            Output.Writer.WriteLine(
                "to let an expected finding pass, list its fingerprint with a reason in a file for --known (docs/verdicts.md)");
        Output.Writer.WriteVerdict(report);
        if (_targets.History is { } place) report = report with { Trends = Keep(report, place) };
        foreach (ReportFile file in _targets.Files) NoteUnwritten(file.Write(report));

        foreach (string failure in _parts.Select(part => part.Failure?.Message).OfType<string>().Concat(_unwritten))
            await Output.ErrorAsync($"error: {failure}");
        if (_isInterrupted) await Output.ErrorAsync("interrupted: this is what was found until then");
        return (int)ExitCodes.Of(report, isWritten: _unwritten.Count == 0);
    }

    // Adds the report to the history, and returns how the figures of runs like it went.
    private IReadOnlyList<Trend> Keep(Report report, HistoryPlace place)
    {
        try
        {
            using HistoryStore store = HistoryStore.Open(place);
            var run = HistoryRun.Of(report);
            store.Add(run);
            IReadOnlyList<Trend> trends = store.Trends(run.Series, TrendLength);
            Output.Writer.WriteLine(FormattableString.Invariant($"history: {run.Id} in {place.Name}"));
            return trends;
        }
        catch (Exception e) when (e is EnvironmentException or InputException)
        {
            NoteUnwritten(e.Message);
            return [];
        }
    }

    private async Task<Verdict> RunAsync(Campaign campaign, bool mayFail, TimeSpan? budget, CancellationToken cancellation)
    {
        if (cancellation.IsCancellationRequested) return Interrupted(campaign);
        using var until = CancellationTokenSource.CreateLinkedTokenSource(cancellation, TimeOver);
        if (budget is { } limit) until.CancelAfter(limit);
        try
        {
            Output.Writer.WriteHead(campaign.Name, campaign.Head);
            campaign = campaign with { Policy = (Policy ?? FindingPolicy.Default) with { Save = Save } };
            Part part = await LiveProgress.RunAsync(PartInWords, progress => campaign.RunAsync(progress, until.Token));
            _isInterrupted |= cancellation.IsCancellationRequested;
            bool isOver = part.Verdict == Verdict.Inconclusive && until.IsCancellationRequested && !cancellation.IsCancellationRequested;
            return Add(isOver ? part with { Basis = $"{part.Basis}; {OutOfTime}" } : part);
        }
        catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
        {
            return Interrupted(campaign);
        }
        catch (OperationCanceledException) when (until.IsCancellationRequested || TimeOver.IsCancellationRequested)
        {
            return CannotRun(campaign.Name, OutOfTime);
        }
        catch (Exception e) when (
            mayFail && e is InputException or EnvironmentException or IOException or UnauthorizedAccessException)
        {
            return CannotRun(campaign.Name, e.Message);
        }
    }

    private Verdict Interrupted(Campaign campaign)
    {
        _isInterrupted = true;
        return CannotRun(campaign.Name, "interrupted");
    }

    private Verdict Add(Part part)
    {
        Output.Writer.WriteContent(part);
        Finding[] findings = [.. part.Findings.Select(Save)];
        int before = Findings.Count();
        for (int i = 0; i < findings.Length; i++) Output.Writer.Write(before + i + 1, findings[i]);
        _unwritten.AddRange(part.Unwritten);
        _parts.Add(part with { Findings = findings });
        return part.Verdict;
    }

    // As soon as it is found, and once; another run's file of that name stays. The same check may fail in several parts, each with
    // its own smallest case.
    private Finding Save(Finding finding)
    {
        if (_folder is null || finding.Replay is null || !_saved.Add(finding.Replay)) return finding;
        string id = finding.Id;
        for (int n = 2; !_ids.Add(id); n++) id = $"{finding.Id}-{n}";
        string path = Path.Combine(_folder, id + ".json");
        string? failure = OutputPath.Write(path, () =>
        {
            Directory.CreateDirectory(_folder);
            path = finding.Replay.Save(path);
        });
        NoteUnwritten(failure);
        return finding with { Id = Path.GetFileNameWithoutExtension(path), ReplayPath = failure is null ? path : null };
    }
}
