using Gdn.Harness.Bleed;
using Gdn.Harness.Clients;
using Gdn.Harness.Divergence;
using Gdn.Harness.Reports;
using Gdn.Harness.Traffic;
using Gdn.Reference;

namespace Gdn.Harness.Campaigns;

/// <summary>What to run against a server.</summary>
/// <param name="Server">The server.</param>
/// <param name="Seed">Names all prompts.</param>
/// <param name="Slots">The np to sweep.</param>
/// <param name="Scenarios">The patterns of traffic.</param>
/// <param name="Rounds">How often each, with other prompts.</param>
/// <param name="Sizes">How much text.</param>
public sealed record LiveBleedOptions(
    ICompletionClient Server, ulong Seed, IReadOnlyList<int> Slots, IReadOnlyList<Scenario> Scenarios, int Rounds,
    RoundSizes Sizes)
{
    /// <summary>Prompts are random ids below this; null for texts with codewords.</summary>
    public int? Vocabulary { get; init; }

    /// <summary>So many dirty rounds of one np and scenario make more of them pointless; null to play all.</summary>
    public int? DirtyEnough { get; init; }

    /// <summary>
    /// Whether rows that need what the server does not have, a cache, drafts or a longer context, are skipped. Otherwise they
    /// are inconclusive.
    /// </summary>
    public bool SkipWhatServerLacks { get; init; }

    /// <summary>The tokens of a text, where the client knows the model; null to ask the server.</summary>
    public Func<string, IReadOnlyList<int>>? Tokenize { get; init; }
}

/// <summary>What one np and scenario came to.</summary>
/// <param name="Slots">np.</param>
/// <param name="Scenario">The pattern.</param>
/// <param name="Verdict">What it comes to.</param>
/// <param name="Rounds">Rounds judged.</param>
/// <param name="DirtyRounds">Rounds with a corrupted answer.</param>
/// <param name="RateLow">Lower end of the 95% interval of the rate of dirty rounds.</param>
/// <param name="RateHigh">Its upper end.</param>
/// <param name="RateDetectable">The rate that so many rounds show with 95% probability.</param>
/// <param name="Requests">Requests.</param>
/// <param name="Tokens">Tokens answered.</param>
/// <param name="RowsCompared">Positions whose tokens and log-probabilities were compared.</param>
/// <param name="Ties">Near-ties, after which the comparison went on.</param>
/// <param name="Undecided">Answers that could not be judged.</param>
/// <param name="Overlap">The most requests answered at the same time.</param>
/// <param name="Reason">What the verdict rests on.</param>
public sealed record LiveBleedRow(
    int Slots, Scenario Scenario, Verdict Verdict, int Rounds, int DirtyRounds, double RateLow, double RateHigh,
    double RateDetectable, int Requests, long Tokens, long RowsCompared, int Ties, int Undecided, int Overlap, string Reason)
{
    /// <summary>Whether the server lacks what the row is about, which then counts for nothing.</summary>
    public bool IsSkipped { get; init; }
}

/// <summary>What a sweep came to.</summary>
/// <param name="Noise">How much the server's log-probabilities move anyway; null if it could not be measured.</param>
/// <param name="Control">Whether a bleed would show; null if it was not tried.</param>
/// <param name="Rows">One per np and scenario, in that order.</param>
/// <param name="Dirty">The first dirty round of each scenario, at the smallest np.</param>
/// <param name="Failure">What ended the sweep early; null if it ran to its end or was interrupted.</param>
public sealed record LiveBleedResult(
    NoiseFloor? Noise, PositiveControl? Control, IReadOnlyList<LiveBleedRow> Rows, IReadOnlyList<RoundResult> Dirty,
    Exception? Failure);

/// <summary>
/// Sweeps np and traffic patterns on a live server: does an answer depend on what else the server is doing?
/// </summary>
public static class LiveBleedCampaign
{
    private const int NoisePrompts = 4;

    // Answers are made at most so many times longer for requests to be answered at the same time.
    private const int StretchMax = 16;

    /// <summary>Runs the sweep.</summary>
    /// <param name="options">What to run.</param>
    /// <param name="roundDone">Called after each round.</param>
    /// <param name="cancellation">Ends the sweep early; what was found is returned.</param>
    public static async Task<LiveBleedResult> RunAsync(
        LiveBleedOptions options, Action? roundDone, CancellationToken cancellation)
    {
        var solo = new SoloAnswers(options.Server);
        var cells = new SortedDictionary<(int, Scenario), LiveBleedCell>();
        foreach (Scenario scenario in options.Scenarios)
            foreach (int slots in SlotsOf(scenario, options.Slots))
                cells[(slots, scenario)] = new LiveBleedCell(slots, scenario, options);
        NoiseFloor? noise = null;
        PositiveControl? control = null;
        Exception? failure = null;
        try
        {
            PromptSource prompts = await PromptsAsync(options, cancellation);
            IReadOnlyList<Prompt> trial = await RoundPlanner.NoisePromptsAsync(
                prompts, options.Seed, NoisePrompts, cancellation);
            noise = await solo.MeasureNoiseAsync(trial, options.Sizes.Answer, cancellation);
            control = await PositiveControl.RunAsync(solo, noise, trial, options.Sizes.Answer, cancellation);
            var planner = new RoundPlanner(prompts, solo, options.Sizes, options.Server.Info.ContextPerSlot);
            var runner = new RoundRunner(options.Server, solo, noise);
            // From few slots to many: what more requests leave behind in a server, plans for instance, is not to show at an np at
            // which it could not have come about.
            foreach (LiveBleedCell cell in cells.Values)
                for (int round = 0; round < options.Rounds; round++)
                {
                    ulong seed = SeededRandom.Derive(options.Seed, (ulong)cell.Scenario * 1_000_003 + (ulong)round);
                    if (cell.IsOpen) await RunRoundAsync(cell, planner, runner, seed, cancellation);
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

        return new LiveBleedResult(
            noise, control, [.. cells.Values.Select(cell => cell.ToRow(noise, control))],
            [.. cells.Values.Where(cell => cell.FirstDirty is not null).GroupBy(cell => cell.Scenario)
                .Select(group => group.First().FirstDirty!)],
            failure);
    }

    /// <summary>The np at which a scenario is run: with one request at a time, there is one.</summary>
    public static IReadOnlyList<int> SlotsOf(Scenario scenario, IReadOnlyList<int> slots) =>
        scenario == Scenario.Solo ? [1] : slots;

    private static async Task RunRoundAsync(
        LiveBleedCell cell, RoundPlanner planner, RoundRunner runner, ulong seed, CancellationToken cancellation)
    {
        RoundResult? result = null;
        try
        {
            do
            {
                if (result is not null) cell.Stretch *= 2;
                LiveRound round = await planner.PlanAsync(cell.Scenario, cell.Slots, seed, cell.Stretch, cancellation);
                result = await runner.RunAsync(round, cancellation);
            }
            while (cell.WasDoneTooSoon(result) && cell.Stretch < StretchMax);
        }
        catch (NotApplicableException e)
        {
            if (result is null)
            {
                cell.CloseForLackOf(e.Message);
                return;
            }

            // Longer answers do not fit, so the last ones must do.
            cell.Stretch /= 2;
        }
        catch (BadAnswerException e)
        {
            result = RoundResult.Failed(new LiveRound(cell.Scenario, cell.Slots, []), e.Message);
        }

        cell.Add(result);
    }

    private static async Task<PromptSource> PromptsAsync(LiveBleedOptions options, CancellationToken cancellation)
    {
        if (options.Vocabulary is { } vocabulary) return new RandomTokens(vocabulary);
        if (options.Tokenize is { } tokenize)
            return new CodewordPrompts((text, _) => Task.FromResult<IReadOnlyList<int>?>(tokenize(text)));
        return await options.Server.TokenizeAsync("codeword", cancellation) is { Count: > 0 }
            ? new CodewordPrompts(options.Server.TokenizeAsync)
            : new CodewordPrompts(tokenize: null);
    }
}
