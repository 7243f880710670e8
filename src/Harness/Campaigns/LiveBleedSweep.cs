using Gdn.Harness.Bleed;
using Gdn.Harness.Bleed.Oracle;
using Gdn.Harness.Clients;
using Gdn.Harness.Divergence;
using Gdn.Harness.Reports;
using Gdn.Harness.Traffic;
using Gdn.Reference;
using static System.FormattableString;

namespace Gdn.Harness.Campaigns;

/// <summary>A sweep of a live server at work: the server is measured alone, then np and scenarios are tried one by one.</summary>
/// <remarks>
/// From few slots to many: what more requests leave behind in a server, plans for instance, is not to show at an np at which it
/// could not have come about.
/// </remarks>
internal sealed class LiveBleedSweep
{
    // How many times longer answers are made at most, for requests to be answered at the same time.
    private const int StretchMax = 16;

    private readonly LiveBleedOptions _options;
    private readonly ICampaignProgress? _progress;
    private readonly SweepClock _clock;
    private readonly SoloAnswers _solo;
    private readonly List<LiveBleedCell> _cells;
    private NoiseFloor? _noise;
    private PositiveControl? _control;
    private PromptCaching? _caching;
    private RoundRunner? _runner, _bareRunner;
    private RoundPlanner? _planner;
    private string? _stopped;

    /// <summary>Nothing has been asked yet.</summary>
    /// <param name="options">What to run.</param>
    /// <param name="progress">Shown how far it has come; null for nobody.</param>
    public LiveBleedSweep(LiveBleedOptions options, ICampaignProgress? progress)
    {
        (_options, _progress) = (options, progress);
        int? candidates = options.LogProbabilities.Candidates;
        _clock = new SweepClock(options.Clock, options.Time, options.Sizes);
        _solo = new SoloAnswers(options.Server) { Candidates = candidates, CandidatesToContinue = candidates };
        _cells =
        [
            .. options.Scenarios
                .SelectMany(scenario => LiveBleedCampaign.SlotsOf(scenario, options.Slots), (scenario, slots) => (slots, scenario)).Distinct()
                .OrderBy(cell => cell.slots).Select(cell => new LiveBleedCell(cell.slots, cell.scenario, options)),
        ];
    }

    /// <summary>Runs it.</summary>
    /// <param name="cancellation">Ends it early; what was found is returned.</param>
    public async Task<LiveBleedResult> RunAsync(CancellationToken cancellation)
    {
        Exception? failure = null;
        using ReferenceOracle? oracle = _options.Served is { } served ? new ReferenceOracle(served) : null;
        try
        {
            await MeasureAsync(oracle, cancellation);
            await TryAsync(cancellation);
        }
        catch (OperationCanceledException)
        {
            _stopped = "interrupted";
        }
        catch (Exception e) when (e is EnvironmentException or BadAnswerException)
        {
            failure = e;
        }

        RoundResult[] dirty =
        [
            .. _cells.Where(cell => cell.FirstDirty is not null).GroupBy(cell => cell.Scenario)
                .Select(group => group.Select(cell => cell.FirstDirty!).OrderBy(round => round.Round.Candidates == 0).First()),
        ];
        // With the reference at hand it does not matter what the server says of itself.
        bool isRead = oracle is { ReadsEverything: true };
        return new LiveBleedResult(
            _noise, _control,
            [.. _cells.Where(cell => cell.IsRow).Select(cell => isRead ? cell.ToRow(null, null) : cell.ToRow(_noise, _control))],
            _options.Served is { } weights
                ? PlantedSuspects.Explain(dirty, weights, _options.Suspects, _options.Server.Info.Slots, cancellation)
                : dirty,
            failure)
        {
            Caching = _caching,
            Oracle = oracle?.Bound?.ToString(),
            NoiseInCompany = _runner?.NoiseInCompany,
            Stopped = _stopped,
        };
    }

    // What the server does alone: its noise, its speed, whether a bleed would show.
    private async Task MeasureAsync(ReferenceOracle? oracle, CancellationToken cancellation)
    {
        int answer = _options.Sizes.Answer;
        _progress?.Begin("the server alone", total: null);
        PromptSource prompts = await PromptSource.ForAsync(
            _options.Server, _options.Seed, _options.Vocabulary, _options.Tokenize, cancellation);
        IReadOnlyList<Prompt> trial = await RoundPlanner.NoisePromptsAsync(
            prompts, _options.Seed, _options.NoisePrompts, cancellation);
        TimeSpan before = _clock.Elapsed;
        _noise = await _solo.MeasureNoiseAsync(trial, answer, cancellation);
        _clock.Learn(_clock.Elapsed - before, _solo.TokensAnswered);
        _control = await PositiveControl.RunAsync(_solo, _noise, trial, answer, cancellation);
        if (oracle is not null) await oracle.LearnAsync(_options.Server, _solo, trial, answer, cancellation);
        if (_options.Scenarios.Any(scenario => scenario is Scenario.Cache or Scenario.Abort))
            _caching = await PromptCaching.MeasureAsync(_options.Server, prompts, _options.Seed, cancellation);
        string? noSlotFiles = _options.Scenarios.Contains(Scenario.SlotFiles)
            ? await SlotFilesTraffic.ObstacleAsync(_options.Server, cancellation)
            : null;
        _planner = new RoundPlanner(
            prompts, _solo, _options.Sizes, _options.Server.Info, _caching ?? PromptCaching.Unknown, noSlotFiles);
        Sentinels sentinels = await Sentinels.AmongAsync(_solo, _noise, trial, answer, cancellation);
        _runner = new RoundRunner(_options.Server, _solo, _noise, sentinels, oracle);
        _bareRunner = new RoundRunner(
            _options.Server, new SoloAnswers(_options.Server) { Candidates = 0 }, _noise, sentinels, oracle);
    }

    private async Task TryAsync(CancellationToken cancellation)
    {
        int[] all = [.. _cells.Select(cell => cell.Slots).Distinct()];
        var search = new NpSearch(all);
        var left = new Queue<int>(all);
        int? Next() => _options.SearchesNp ? search.Next : left.TryDequeue(out int np) ? np : null;
        SayEstimate(_options.SearchesNp ? search.Ladder : all);
        while (Next() is { } np)
        {
            IReadOnlyList<int> following = !_options.SearchesNp ? [np, .. left]
                : _cells.Any(cell => cell.IsDirty) ? [np]
                : [np, .. search.Ladder.Where(other => other > np)];
            if (!await TryAsync(np, following, cancellation)) return;
            search.Tell(np, _cells.Any(cell => cell.Slots == np && cell.IsDirty));
        }
    }

    // False where the sweep ends here.
    private async Task<bool> TryAsync(int np, IReadOnlyList<int> following, CancellationToken cancellation)
    {
        List<(LiveBleedCell Cell, double Cost)> rest = CostsOf(following);
        foreach (LiveBleedCell cell in _cells.Where(cell => cell.Slots == np))
        {
            int rounds = _clock.RoundsFor(rest.Sum(row => row.Cost), _options.Rounds);
            if (rounds == 0)
            {
                _stopped = Invariant($"its time was over before np {np} with {cell.Scenario.Name()}");
                return false;
            }

            cell.Ask(rounds);
            double cost = rest[0].Cost;
            rest.RemoveAt(0);
            for (int round = 0; round < rounds; round++)
            {
                await RunRoundAsync(cell, round, cost, cancellation);
                int now = rounds - round - 1, later = Math.Max(_clock.RoundsFor(rest.Sum(row => row.Cost), _options.Rounds), 1);
                _progress?.Expect(now + later * rest.Count, _clock.Estimate(now * cost + later * rest.Sum(row => row.Cost)));
                if (_options.FailFast && cell.IsDirty)
                {
                    _stopped = "ended with the first dirty round (--fail-fast)";
                    return false;
                }

                if (_clock.IsOver) cell.Settle();
                if (_clock.IsOver) break;
            }
        }

        return true;
    }

    // What is to be played, and a round of each in tokens: the solo answers of fewer slots serve for more.
    private List<(LiveBleedCell Cell, double Cost)> CostsOf(IReadOnlyList<int> np)
    {
        var before = new Dictionary<Scenario, int>();
        foreach (LiveBleedCell tried in _cells.Where(cell => cell.IsRow))
            before[tried.Scenario] = Math.Max(before.GetValueOrDefault(tried.Scenario), tried.Slots);
        var costs = new List<(LiveBleedCell, double)>();
        foreach (LiveBleedCell cell in np.SelectMany(slots => _cells.Where(cell => cell.Slots == slots)))
        {
            costs.Add((cell, _clock.CostOf(cell.Scenario, cell.Slots, before.GetValueOrDefault(cell.Scenario))));
            before[cell.Scenario] = cell.Slots;
        }

        return costs;
    }

    private void SayEstimate(IReadOnlyList<int> np)
    {
        List<(LiveBleedCell Cell, double Cost)> costs = CostsOf(np);
        double cost = costs.Sum(row => row.Cost);
        int rounds = Math.Max(_clock.RoundsFor(cost, _options.Rounds), 1);
        _progress?.Begin("rounds", rounds * costs.Count);
        TimeSpan left = _clock.Estimate(rounds * cost);
        _progress?.Expect(rounds * costs.Count, left);
        _progress?.Say(
            Invariant($"{_clock.MillisecondsPerToken:F0} ms a token alone: about {DurationText.Of(left)} for {costs.Count} rows of ")
            + Invariant($"{rounds} {(rounds == 1 ? "round" : "rounds")}"));
    }

    private async Task RunRoundAsync(LiveBleedCell cell, int number, double cost, CancellationToken cancellation)
    {
        if (cell.IsOpen)
        {
            ulong seed = SeededRandom.Derive(_options.Seed, (ulong)cell.Scenario * 1_000_003 + (ulong)number);
            int? candidates = _options.LogProbabilities.CandidatesIn(cell.Scenario, number);
            RoundRunner runner = _options.LogProbabilities.HasBareRounds && candidates == 0 ? _bareRunner! : _runner!;
            TimeSpan before = _clock.Elapsed;
            RoundResult? result = await RunRoundAsync(cell, runner, seed, number, candidates, cancellation);
            if (result is { IsDirty: true }) _progress?.Found();
            // Looking into what is dirty takes longer than a round.
            else if (result is not null) _clock.Played(cost, _clock.Elapsed - before);
            if (result is { Aftermath.IsTotal: true })
                foreach (LiveBleedCell other in _cells) other.Close(WrongSince(result));
        }

        _progress?.Step();
    }

    private async Task<RoundResult?> RunRoundAsync(
        LiveBleedCell cell, RoundRunner runner, ulong seed, int number, int? candidates, CancellationToken cancellation)
    {
        RoundResult? result = null;
        try
        {
            do
            {
                if (result is not null) cell.Stretch *= 2;
                LiveRound round = await _planner!.PlanAsync(
                    cell.Scenario, cell.Slots, seed, number, cell.Stretch, cancellation);
                result = await runner.RunAsync(round with { Candidates = candidates }, cancellation);
            }
            while (cell.WasDoneTooSoon(result) && cell.Stretch < StretchMax);
        }
        catch (NotApplicableException e)
        {
            if (result is null)
            {
                cell.CloseForLackOf(e.Message);
                return null;
            }

            // Longer answers do not fit, so the last ones must do.
            cell.Stretch /= 2;
        }
        catch (BadAnswerException e)
        {
            result = RoundResult.Failed(new LiveRound(cell.Scenario, cell.Slots, []), e.Message);
        }

        return cell.Add(result);
    }

    private static string WrongSince(RoundResult round) =>
        Invariant($"the server is wrong alone, too, since round {round.Number} of {round.Round.Scenario.Name()} at np {round.Round.Slots}; ")
        + "restart it, and leave that out with --scenario or --np";
}
