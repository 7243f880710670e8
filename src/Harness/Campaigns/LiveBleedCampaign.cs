using System.Globalization;
using Gdn.Harness.Bleed;
using Gdn.Harness.Bleed.Oracle;
using Gdn.Harness.Clients;
using Gdn.Harness.Divergence;
using Gdn.Harness.Reports;
using Gdn.Harness.Traffic;
using Gdn.Reference;

namespace Gdn.Harness.Campaigns;

/// <summary>
/// Sweeps np and traffic patterns on a live server: does an answer depend on what else the server is doing?
/// </summary>
/// <param name="Options">What to run.</param>
/// <param name="Folder">Where the bug report and the scripts go.</param>
/// <param name="CommandLine">A command line that runs it again.</param>
public sealed record LiveBleedCampaign(LiveBleedOptions Options, string Folder, string CommandLine) : Campaign
{
    private const int NoisePrompts = 4;

    // How many times longer answers are made at most, for requests to be answered at the same time.
    private const int StretchMax = 16;

    /// <inheritdoc/>
    public override string Name => $"bleed, {Options.Server.Info.Address}";

    /// <inheritdoc/>
    public override IReadOnlyList<string> Head
    {
        get
        {
            ServerInfo server = Options.Server.Info;
            return [
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"{server.Name}, model {server.Model ?? BugReport.NotReported}, ")
                + string.Create(
                    CultureInfo.InvariantCulture, $"slots {BugReport.Reported(server.Slots)}, seed {Options.Seed}"),
            ];
        }
    }

    /// <inheritdoc/>
    protected override async Task<Part> PlayAsync(ICampaignProgress progress, CancellationToken cancellation)
    {
        progress.Begin(Name, Options.Rounds * Options.Scenarios.Sum(scenario => SlotsOf(scenario, Options.Slots).Count));
        LiveBleedResult result = await SweepAsync(Options, progress.Step, cancellation);
        string? report = null;
        string? unwritten = OutputPath.Write(Folder, () => report = BugReport.Write(Folder, Options, result, CommandLine));
        return LiveBleedPart.Of(Name, Options, result, Policy, report) with
        {
            Unwritten = unwritten is null ? [] : [unwritten],
        };
    }

    /// <summary>Runs the sweep.</summary>
    /// <param name="options">What to run.</param>
    /// <param name="roundDone">Called after each round.</param>
    /// <param name="cancellation">Ends the sweep early; what was found is returned.</param>
    public static async Task<LiveBleedResult> SweepAsync(
        LiveBleedOptions options, Action? roundDone, CancellationToken cancellation)
    {
        LogProbabilityPlan plan = options.LogProbabilities;
        var solo = new SoloAnswers(options.Server) { Candidates = plan.Candidates, CandidatesToContinue = plan.Candidates };
        var cells = new SortedDictionary<(int, Scenario), LiveBleedCell>();
        foreach (Scenario scenario in options.Scenarios)
            foreach (int slots in SlotsOf(scenario, options.Slots))
                cells[(slots, scenario)] = new LiveBleedCell(slots, scenario, options);
        NoiseFloor? noise = null;
        PositiveControl? control = null;
        PromptCaching? caching = null;
        RoundRunner? runner = null;
        Exception? failure = null;
        using ReferenceOracle? oracle = options.Served is { } served ? new ReferenceOracle(served) : null;
        try
        {
            PromptSource prompts = await PromptsAsync(options, cancellation);
            IReadOnlyList<Prompt> trial = await RoundPlanner.NoisePromptsAsync(
                prompts, options.Seed, NoisePrompts, cancellation);
            noise = await solo.MeasureNoiseAsync(trial, options.Sizes.Answer, cancellation);
            control = await PositiveControl.RunAsync(solo, noise, trial, options.Sizes.Answer, cancellation);
            foreach (Prompt prompt in trial)
                oracle?.Hear(prompt, await solo.AnswerAsync(prompt, options.Sizes.Answer, cancellation));
            oracle?.Learn(cancellation);
            if (options.Scenarios.Any(scenario => scenario is Scenario.Cache or Scenario.Abort))
                caching = await PromptCaching.MeasureAsync(options.Server, prompts, options.Seed, cancellation);
            string? noSlotFiles = options.Scenarios.Contains(Scenario.SlotFiles)
                ? await SlotFilesTraffic.ObstacleAsync(options.Server, cancellation)
                : null;
            var planner = new RoundPlanner(
                prompts, solo, options.Sizes, options.Server.Info, caching ?? PromptCaching.Unknown, noSlotFiles);
            Sentinels sentinels = await Sentinels.AmongAsync(solo, noise, trial, options.Sizes.Answer, cancellation);
            runner = new RoundRunner(options.Server, solo, noise, sentinels, oracle);
            var bareRunner = new RoundRunner(
                options.Server, new SoloAnswers(options.Server) { Candidates = 0 }, noise, sentinels, oracle);
            // From few slots to many: what more requests leave behind in a server, plans for instance, is not to show at an np at
            // which it could not have come about.
            foreach (LiveBleedCell cell in cells.Values)
                for (int round = 0; round < options.Rounds; round++)
                {
                    ulong seed = SeededRandom.Derive(options.Seed, (ulong)cell.Scenario * 1_000_003 + (ulong)round);
                    int? candidates = plan.CandidatesIn(cell.Scenario, round);
                    RoundRunner asking = plan.HasBareRounds && candidates == 0 ? bareRunner : runner;
                    if (cell.IsOpen
                        && await RunRoundAsync(cell, planner, asking, seed, round, candidates, cancellation) is { Aftermath.IsTotal: true } last)
                        foreach (LiveBleedCell other in cells.Values) other.Close(WrongSince(last));
                    roundDone?.Invoke();
                }
        }
        catch (OperationCanceledException)
        {
            // Interrupted: what was found so far is the result.
        }
        catch (Exception e) when (e is EnvironmentException or BadAnswerException)
        {
            failure = e;
        }

        RoundResult[] dirty =
        [
            .. cells.Values.Where(cell => cell.FirstDirty is not null).GroupBy(cell => cell.Scenario)
                .Select(group => group.Select(cell => cell.FirstDirty!).OrderBy(round => round.Round.Candidates == 0).First()),
        ];
        // With the reference at hand it does not matter what the server says of itself.
        bool isRead = oracle is { ReadsEverything: true };
        return new LiveBleedResult(
            noise, control, [.. cells.Values.Select(cell => isRead ? cell.ToRow(null, null) : cell.ToRow(noise, control))],
            options.Served is { } weights
                ? PlantedSuspects.Explain(dirty, weights, options.Suspects, options.Server.Info.Slots, cancellation)
                : dirty,
            failure)
        {
            Caching = caching,
            Oracle = oracle?.Bound?.ToString(),
            NoiseInCompany = runner?.NoiseInCompany,
        };
    }

    /// <summary>About how many tokens a sweep reads: prompts and answers, alone and in company.</summary>
    public static long TokensOf(IReadOnlyList<Scenario> scenarios, IReadOnlyList<int> np, int rounds, RoundSizes sizes) =>
        scenarios.Sum(scenario => SlotsOf(scenario, np).Sum(
            slots => (long)rounds * slots * (scenario == Scenario.LongPrompts ? 2 * sizes.Ubatch : 4 * (RoundSizes.Prompt + sizes.Answer))));

    /// <summary>The np at which a scenario is run: with one request at a time, there is one.</summary>
    public static IReadOnlyList<int> SlotsOf(Scenario scenario, IReadOnlyList<int> slots) =>
        scenario == Scenario.Solo ? [1] : slots;

    private static string WrongSince(RoundResult round) => string.Create(
        CultureInfo.InvariantCulture,
        $"the server is wrong alone, too, since round {round.Number} of {round.Round.Scenario.Name()} at np {round.Round.Slots}; ")
        + "restart it, and leave that out with --scenario or --np";

    private static async Task<RoundResult?> RunRoundAsync(
        LiveBleedCell cell, RoundPlanner planner, RoundRunner runner, ulong seed, int number, int? candidates,
        CancellationToken cancellation)
    {
        RoundResult? result = null;
        try
        {
            do
            {
                if (result is not null) cell.Stretch *= 2;
                LiveRound round = await planner.PlanAsync(
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

    private static async Task<PromptSource> PromptsAsync(LiveBleedOptions options, CancellationToken cancellation)
    {
        if (options.Vocabulary is { } vocabulary) return new RandomTokens(vocabulary);
        if (options is { Tokenize: { } tokenize, Server.Info.TakesTokens: true })
            return new CodewordPrompts((text, _) => Task.FromResult<IReadOnlyList<int>?>(tokenize(text)));
        return await options.Server.TokenizeAsync("codeword", cancellation) is { Count: > 0 }
            ? new CodewordPrompts(options.Server.TokenizeAsync)
            : await CodewordPrompts.OfTextAsync(options.Server, options.Seed, cancellation);
    }
}
