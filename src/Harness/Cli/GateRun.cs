using System.Diagnostics;
using Gdn.Harness.Campaigns;
using Gdn.Harness.Clients;
using Gdn.Harness.Clients.Dialects;
using Gdn.Harness.Engines;
using Gdn.Harness.Gate;
using Gdn.Harness.Kernels.Cases;
using Gdn.Harness.Models;
using Gdn.Harness.MtpDiff;
using Gdn.Harness.Perplexity;
using Gdn.Harness.Reports;
using Gdn.Harness.Throughput;
using Gdn.Harness.Traffic;
using Gdn.Reference;

namespace Gdn.Harness.Cli;

/// <summary>The parts of a gate, one after the other. Everything that settings name is read before the first case is run.</summary>
internal sealed class GateRun
{
    private readonly GateConfig _config;
    private readonly NamedEngine _engine;
    private readonly Session _session;
    private readonly string _folder;
    private readonly CancellationToken _cancellation;
    private readonly List<(string Name, GatePart Part, IReadOnlyList<Campaign> Campaigns)> _parts = [];
    private readonly Dictionary<string, LoadedModel> _models = [];

    /// <summary>Makes everything ready.</summary>
    /// <param name="config">The settings.</param>
    /// <param name="parts">What of them to run.</param>
    /// <param name="engine">The engine to judge.</param>
    /// <param name="baseline">The engine to compare it with, or null.</param>
    /// <param name="session">Where results go.</param>
    /// <param name="folder">Where what shows a server's findings goes.</param>
    /// <param name="cancellation">Ends the run.</param>
    /// <exception cref="InputException">A model, a text or a range cannot be read.</exception>
    public GateRun(
        GateConfig config, GateParts parts, NamedEngine engine, NamedEngine? baseline, Session session, string folder,
        CancellationToken cancellation)
    {
        (_config, _engine, _session, _folder, _cancellation) = (config, engine, session, folder, cancellation);
        foreach ((string name, GatePart part) in parts.Named)
        {
            foreach (string model in part.UsedModels) _models.TryAdd(model, LoadedModel.Load(config.Resolve(model)));
            _parts.Add((name, part, part switch
            {
                KernelsPart kernels => [.. CampaignsOf(kernels)],
                SchedulesPart schedules => [.. CampaignsOf(schedules)],
                BleedPart bleed => [CampaignOf(bleed)],
                DraftsPart drafts => [CampaignOf(drafts)],
                PerplexityPart perplexity => [CampaignOf(perplexity, baseline)],
                ThroughputPart throughput => [CampaignOf(throughput, baseline)],
                // Connected to when its turn comes.
                ServerPart => [],
                _ => throw new NotSupportedException($"The gate does not know the part {name}."),
            }));
        }
    }

    /// <summary>A report whose perplexities and speeds this run is compared with; null for none.</summary>
    public SavedReport? Saved { get; init; }

    /// <summary>Runs it; returns the exit code.</summary>
    public async Task<int> RunAsync()
    {
        _session.PlannedParts = _parts.Sum(part => Math.Max(part.Campaigns.Count, 1));
        foreach ((string name, GatePart part, IReadOnlyList<Campaign> campaigns) in _parts)
            if (ObstacleTo(part) is { } obstacle) _session.CannotRun(name, obstacle);
            else if (part is ServerPart server) await RunAsync(server);
            else await RunAsync(campaigns, TimeSpan.FromSeconds(part.Seconds));
        await CompareWithAsync(Saved);
        int code = await _session.FinishAsync();
        return code != (int)ExitCode.Inconclusive ? code : (int)(_config.Inconclusive switch
        {
            InconclusiveMeans.Pass => ExitCode.Clean,
            InconclusiveMeans.Fail => ExitCode.Dirty,
            _ => ExitCode.Inconclusive,
        });
    }

    // What the baseline was measured on may be another machine, or other settings: then there is nothing to hold against this run.
    private async Task CompareWithAsync(SavedReport? saved)
    {
        if (saved is null || !saved.Rows.Any(row => row.Table is "perplexity" or "throughput")) return;
        var comparison = new SavedComparison(saved, SavedReport.Of("this run", new Report("gate", _config.Seed, _session.Parts)));
        if (_parts.Select(part => part.Part).OfType<ThroughputPart>().FirstOrDefault() is { } throughput)
            comparison = comparison with { Margin = throughput.Margin / 100.0 };
        if (comparison.Obstacle is { } obstacle) _session.LeaveOut("comparison with the baseline", $"{obstacle.Problem}; {obstacle.Remedy}");
        else await _session.TryRunAsync(comparison, Timeout.InfiniteTimeSpan, _cancellation);
    }

    // The campaigns of a part share its time: each has what those before have left.
    private async Task RunAsync(IReadOnlyList<Campaign> campaigns, TimeSpan budget)
    {
        var watch = Stopwatch.StartNew();
        foreach (Campaign campaign in campaigns)
        {
            TimeSpan left = budget - watch.Elapsed;
            await _session.TryRunAsync(campaign, left > TimeSpan.Zero ? left : TimeSpan.Zero, _cancellation);
        }
    }

    private async Task RunAsync(ServerPart part)
    {
        ICompletionClient server;
        try
        {
            server = await ClientDiscovery.ConnectAsync(new ClientOptions(part.Url), null, _cancellation);
        }
        catch (EnvironmentException e)
        {
            _session.CannotRun("server", e.Message);
            return;
        }

        using ICompletionClient connected = server;
        var options = new LiveBleedOptions(
            connected, _config.Seed, IntRange.Parse("server.np", part.Np),
            part.Scenarios is { } names ? Scenarios.Parse("server.scenarios", names, Scenarios.OnServers) : Scenarios.OnServers,
            part.Rounds, new RoundSizes())
        {
            SkipWhatServerLacks = part.Scenarios is null,
        };
        await RunAsync(
            [new LiveBleedCampaign(options, _folder, $"gdn-harness bleed --server {OutsideText.Shell(part.Url.ToString())}")],
            TimeSpan.FromSeconds(part.Seconds));
    }

    private string? ObstacleTo(GatePart part) => part switch
    {
        ServerPart => null,
        KernelsPart when !_engine.HasKernel => $"{_engine.Name} has no kernel of its own; take the part out of the settings to do without",
        not KernelsPart when !_engine.RunsModels => $"{_engine.Name} offers only a kernel; take the part out of the settings to do without",
        _ => null,
    };

    private IEnumerable<Campaign> CampaignsOf(KernelsPart part)
    {
        var cases = new KernelCaseRunner(_config.Seed, part.Cases) { Shapes = ShapeSelection.All };
        yield return new KernelCampaign(_engine, cases);
        if (_engine.HasConv) yield return new ConvCampaign(_engine, cases);
    }

    private IEnumerable<Campaign> CampaignsOf(SchedulesPart part)
    {
        IReadOnlyList<int> np = IntRange.Parse("schedules.np", part.Np);
        return part.Models.Select(model => new ScheduleCampaign(new ScheduleOptions(_engine, _models[model], _config.Seed, part.PerModel, np)));
    }

    private BleedCampaign CampaignOf(BleedPart part) => new(new BleedOptions(
        _engine, _models[part.Model], _config.Seed, IntRange.Parse("bleed.np", part.Np), Scenarios.InProcess, part.Rounds));

    private MtpDiffCampaign CampaignOf(DraftsPart part) => new(
        new MtpDiffOptions(_engine, _models[part.Model], _config.Seed, PromptSet.Of(_models[part.Model], path: null))
        {
            Drafts = [.. IntRange.Parse("drafts.k", part.K).Order()],
            Slots = part.Np,
            Tokens = part.Tokens,
        });

    private ThroughputCampaign CampaignOf(ThroughputPart part, NamedEngine? baseline)
    {
        LoadedModel model = _models[part.Model];
        Workload[] workloads =
            [.. IntRange.Parse("throughput.np", part.Np).Select(np => new Workload(np, [.. Enumerable.Range(0, np)], Depth: 0, part.Prompt, part.Answer))];
        WorkloadOptions.Check(workloads, model);
        return new ThroughputCampaign(baseline is null ? [_engine] : [baseline, _engine], model, workloads, part.Rounds, _config.Seed)
        {
            Margin = part.Margin / 100.0,
            SlowerIsWrong = true,
        };
    }

    private PerplexityCampaign CampaignOf(PerplexityPart part, NamedEngine? baseline)
    {
        LoadedModel model = _models[part.Model];
        if (part.Context > model.Config.MaxPositions)
            throw new InputException("perplexity.context", $"{part.Context} is more than the model takes", $"use at most {model.Config.MaxPositions}");
        var source = TextSource.Of(model, part.File is { } file ? _config.Resolve(file) : null, part.Context, part.Chunks);
        return new PerplexityCampaign(
            baseline is null ? [_engine] : [baseline, _engine], model, source.Text, source.Name,
            IntRange.Parse("perplexity.sequences", part.Sequences));
    }
}
