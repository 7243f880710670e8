using Gdn.Harness.Bleed;
using Gdn.Harness.Campaigns;
using Gdn.Harness.Clients;
using Gdn.Harness.Divergence;
using Gdn.Harness.Findings;
using Gdn.Harness.Reports;
using Gdn.Harness.Traffic;
using Gdn.Properties.Harness.Bleed;
using Gdn.Properties.Harness.Clients;
using Gdn.Reference;
using Xunit;

namespace Gdn.Properties.Harness.Campaigns;

/// <summary>Sweeps of servers that are right, noisy, spoilt, incomplete or dying.</summary>
public sealed class LiveBleedCampaignTests
{
    // Ends a sweep after so many rounds.
    private sealed class EndAfter(int rounds, CancellationTokenSource stop) : ICampaignProgress
    {
        private int _rounds;

        public void Begin(string phase, int? total)
        {
        }

        public void Step()
        {
            if (++_rounds == rounds) stop.Cancel();
        }
    }

    // A server with four slots that requests can name.
    private static readonly ServerInfo WithSlots = new(new Uri("http://toy/"), ServerFlavour.GdnHarness, Slots: 4);

    [Theory]
    [InlineData(0)]
    [InlineData(0.003)]
    [InlineData(0.03)]
    public async Task Run_RightServer_IsCleanInAllScenarios(double noise)
    {
        LiveBleedResult result = await ToySweep.RunAsync(new ToyClient(4) { Noise = noise, Info = WithSlots });
        Assert.Null(result.Failure);
        Assert.Equal(new PositiveControl(4, 0), result.Control);
        Assert.Equal(Scenarios.OnServers.Count * 3 - 2, result.Rows.Count);
        Assert.True(result.Rows.All(row => row is { Verdict: Verdict.Clean, Rounds: 2, RowsCompared: > 0 }), ToySweep.Text(result));
        if (noise == 0.03) Assert.True(result.Rows.Sum(row => row.Ties) > 0, "no tie, so nothing was proved");
    }

    [Fact]
    public async Task Run_NoisyServer_NoFalseAlarmIn200Rounds()
    {
        LiveBleedResult result = await ToySweep.RunAsync(
            new ToyClient(4) { Noise = 0.02 }, rounds: 200, np: [4], [Scenario.Ragged]);
        LiveBleedRow row = Assert.Single(result.Rows);
        Assert.True(row is { DirtyRounds: 0, Rounds: 200, Ties: > 0, Undecided: 0 }, row.ToString());
    }

    [Fact]
    public async Task Run_ThirdRequestGetsTheSecondsState_IsDirtyFromNpThreeAndNamesBoth()
    {
        LiveBleedResult result = await ToySweep.RunAsync(
            new ToyClient(4) { Noise = 0.003, Spoil = ToySweep.SwapThird }, scenarios: [Scenario.Steady, Scenario.Ragged]);
        Assert.True(result.Rows.All(row => row.Verdict == (row.Slots >= 3 ? Verdict.Dirty : Verdict.Clean)), ToySweep.Text(result));
        RoundResult dirty = result.Dirty[0];
        Assert.Equal(3, dirty.Round.Slots);
        Victim victim = Assert.Single(dirty.Victims);
        Assert.Equal((2, 1), (victim.Request, victim.From!.Donor));

        Part Report(params KnownFinding[] known) => LiveBleedPart.Of(
            "bleed", new LiveBleedOptions(new ToyClient(4), 3, [2, 3, 4], [Scenario.Steady, Scenario.Ragged], 2, new RoundSizes()),
            result, new FindingPolicy { Known = new KnownFindings(known) }, report: null);
        Assert.Equal(Verdict.Dirty, Report(new KnownFinding("live-bleed/steady", "issue 7")).Verdict);
        Assert.Equal(
            Verdict.Clean,
            Report(new KnownFinding("live-bleed/steady", "issue 7"), new KnownFinding("live-bleed/ragged", "issue 8")).Verdict);

        Finding finding = Evidence.Finding(dirty, new ToyClient(4).Info, seed: 3);
        Assert.Equal((3, "steady", 2, 1), (finding.Np, finding.Scenario, finding.Sequence, finding.Donor));
        Assert.Equal((victim.Judgement.At!.Expected, victim.Judgement.At.Actual), (finding.ExpectedToken, finding.ActualToken));
        Assert.Matches(@"^np 3, steady: request 2.*, token \d+.*; from request 1: ", finding.Summary);
        Assert.Equal(finding.Summary, finding.Replay!.Summary);
    }

    [Fact]
    public async Task Run_SlotKeepsItsLastTenantsState_IsDirtyAlone()
    {
        LiveBleedResult result = await ToySweep.RunAsync(
            new ToyClient(4) { Start = (request, left) => request.Prompt.Tokens!.Count == 8 ? left : 0 },
            scenarios: [Scenario.Solo, Scenario.Steady]);
        Assert.True(result.Rows.All(row => row.Verdict == (row.Scenario == Scenario.Solo ? Verdict.Dirty : Verdict.Clean)), ToySweep.Text(result));
        Assert.Equal(1, result.Rows[0].Slots);
    }

    [Fact]
    public async Task Run_CacheOfSomebodyElse_IsDirtyInTheCacheScenarioOnly()
    {
        LiveBleedResult result = await ToySweep.RunAsync(
            new ToyClient(4) { Start = (request, left) => request.Cache ? left & 1 : 0 },
            scenarios: [Scenario.Cache, Scenario.Steady]);
        Assert.True(result.Rows.All(row => row.Verdict == (row.Scenario == Scenario.Cache ? Verdict.Dirty : Verdict.Clean)), ToySweep.Text(result));
    }

    /// <summary>
    /// A prompt that is cached is loaded into the slot that it names, although another request runs there. Whoever runs there
    /// is hurt, also where more slots than np could be named.
    /// </summary>
    [Fact]
    public async Task Run_CacheIsLoadedIntoABusySlot_IsDirtyInBusySlotOnlyAndNamesTheSlots()
    {
        var server = new ToyClient(4)
        {
            Info = WithSlots,
            NamesBusySlot = (request, tenant) => tenant.State = request.Cache ? 7 : tenant.State,
        };
        LiveBleedResult result = await ToySweep.RunAsync(server, np: [2, 4], scenarios: [Scenario.BusySlot, Scenario.Churn, Scenario.Steady]);
        Assert.True(result.Rows.All(row => row.Verdict == (row.Scenario == Scenario.BusySlot ? Verdict.Dirty : Verdict.Clean)), ToySweep.Text(result));

        LiveRound round = Assert.Single(result.Dirty).Round;
        Assert.All(round.Requests, request => Assert.InRange(request.Slot!.Value, 0, 1));
        Victim victim = result.Dirty[0].Victims[0];
        Assert.Contains(
            round.Requests, other => other.Slot == victim.Slot && other.Start == new TokensArrived(victim.Request, 2));
    }

    /// <summary>A restored slot begins with what it held before, where that is not what was saved.</summary>
    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    public async Task Run_SlotFiles_ContinueWhatWasSavedHereOrElsewhere(int kind)
    {
        // Restored rounds are the third of each slot, and then, in the next slot, the last ones.
        int[][] wrong = [[2, 5], [6, 7]];
        var server = new ToyClient(2)
        {
            Info = WithSlots with { Slots = 2 },
            Start = (request, left) =>
                wrong[kind].Any(i => request.Purpose == $"slot-files np 2, request {i}") ? left : 0,
        };
        LiveBleedResult result = await ToySweep.RunAsync(server, np: [2], scenarios: [Scenario.SlotFiles]);
        Assert.Equal(Verdict.Dirty, Assert.Single(result.Rows).Verdict);
        RoundResult dirty = Assert.Single(result.Dirty);
        Assert.Equal(wrong[kind], dirty.Victims.Select(victim => victim.Request).Order());
        Assert.All(dirty.Victims, victim =>
        {
            LiveRequest restored = dirty.Round.Requests[victim.Request];
            Assert.Equal(kind == 0, restored.Slot == dirty.Round.Requests[restored.RestoresSlotOf!.Value].Slot);
        });
    }

    [Theory]
    [InlineData(ServerFlavour.Unknown, "the server's slots cannot be named, so not saved either")]
    [InlineData(ServerFlavour.LlamaCpp, "the server saves no slots to files; start it with --slot-save-path (")]
    public async Task Run_ServerWithoutSlotFiles_IsSkippedAndSaysSo(ServerFlavour flavour, string reason)
    {
        var server = new ToyClient(2)
        {
            Info = new ServerInfo(new Uri("http://toy/"), flavour, Slots: 2),
            SavesSlots = false,
        };
        LiveBleedResult result = await ToySweep.RunAsync(server, np: [2], scenarios: [Scenario.SlotFiles], skip: true);
        LiveBleedRow row = Assert.Single(result.Rows);
        Assert.True(row.IsSkipped);
        Assert.StartsWith(reason, row.Basis, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Run_SlotOfARoundThatTheServerLacks_SaysSo()
    {
        var round = new LiveRound(Scenario.BusySlot, 6, [new LiveRequest(new Prompt([1]), 4, Slot: 5)]);
        var solo = new SoloAnswers(new ToyClient(4));
        NoiseFloor noise = NoiseFloor.Of([]);
        Sentinels none = await Sentinels.AmongAsync(solo, noise, [], 4, CancellationToken.None);
        RoundResult result = await new RoundRunner(new ToyClient(4) { Info = WithSlots }, solo, noise, none)
            .RunAsync(round, CancellationToken.None);
        Assert.Equal("a request names slot 5, and the server has 4; start it with more (-np 6)", result.Failure);
    }

    /// <summary>Of a cached prompt one token is left behind a full chunk, and it is lost.</summary>
    [Fact]
    public async Task Run_CachedPromptOneTokenOverAChunk_IsDirtyInTheCacheScenarioOnly()
    {
        var server = new ToyClient(4)
        {
            Start = (request, _) => request.Cache && request.Prompt.Tokens!.Count % 64 == 1 ? 1u : 0,
        };
        LiveBleedResult result = await ToySweep.RunAsync(server, np: [2], scenarios: [Scenario.Cache, Scenario.Coincidence, Scenario.Steady]);
        Assert.True(result.Rows.All(row => row.Verdict == (row.Scenario == Scenario.Cache ? Verdict.Dirty : Verdict.Clean)), ToySweep.Text(result));
    }

    /// <summary>Who comes after a client that left, with the same first tokens, starts from what that one left behind.</summary>
    [Fact]
    public async Task Run_AnotherPromptWithTheFirstTokensOfALeaver_IsDirtyInAbort()
    {
        var asked = new HashSet<string>();
        string Beginning(CompletionRequest request) => string.Join(',', request.Prompt.Tokens!.Take(24));
        var server = new ToyClient(4)
        {
            Start = (request, _) =>
                request.Purpose.StartsWith("abort", StringComparison.Ordinal) && !asked.Add(Beginning(request)) ? 1u : 0,
        };
        LiveBleedResult result = await ToySweep.RunAsync(server, np: [2], scenarios: [Scenario.Abort, Scenario.Steady]);
        Assert.Equal([Verdict.Clean, Verdict.Dirty], result.Rows.OrderBy(row => row.Verdict).Select(row => row.Verdict));
        Assert.All(result.Dirty, dirty => Assert.Equal(Scenario.Abort, dirty.Round.Scenario));
        LiveRequest[] requests = [.. result.Dirty[0].Round.Requests];
        Assert.Contains(requests, again => again.Abort is null && requests.Any(left =>
            left.Abort is not null && left.Prompt.Key == again.Prompt.Key && again.Start is RequestEnded));
    }

    [Theory]
    [InlineData(1, "prompts of 96 tokens are taken from it")]
    [InlineData(200, "prompts of 384 tokens are taken from it, in blocks of 200")]
    [InlineData(9999, "nothing of prompts of up to 3072 tokens was taken from it")]
    public async Task Run_CacheInBlocks_PromptsGrowUntilSomethingIsCached(int block, string words)
    {
        var lengths = new HashSet<int>();
        var server = new ToyClient(4)
        {
            Counters = request => new CompletionCounters(
                request.Cache ? (request.Prompt.Tokens!.Count - 1) / block * block : 0, null, null),
            Asked = request => lengths.Add(request.Cache ? request.Prompt.Tokens!.Count : 0),
        };
        LiveBleedResult result = await ToySweep.RunAsync(server, rounds: 1, np: [2], scenarios: [Scenario.Cache]);
        Assert.Equal(words, result.Caching!.InWords);
        Assert.Superset(new HashSet<int> { 63, 64, 65, 67 }, lengths);
        LiveBleedRow row = Assert.Single(result.Rows);
        if (block < 9999) Assert.Equal(Verdict.Clean, row.Verdict);
        else Assert.Equal("nothing was taken from the cache, though prompts have up to 174 tokens", row.Basis);
        if (block == 200) Assert.Superset(new HashSet<int> { 199, 200, 201, 203 }, lengths);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Run_WhatWasNotReached_IsInconclusiveOrSkipped(bool skip)
    {
        var server = new ToyClient(3)
        {
            Counters = request => request.Cache ? default : new CompletionCounters(0, null, null),
        };
        var small = new ToyClient(3)
        {
            Info = new ServerInfo(new Uri("http://toy/"), ServerFlavour.Unknown, Slots: 3, ContextPerSlot: 90),
        };
        LiveBleedResult result = await ToySweep.RunAsync(
            server, np: [3, 4], scenarios: [Scenario.Cache, Scenario.Speculation, Scenario.Steady], skip: skip);
        LiveBleedResult onSmall = await ToySweep.RunAsync(small, np: [3], scenarios: [Scenario.LongPrompts], skip: skip);

        Dictionary<(int, Scenario), LiveBleedRow> rows =
            result.Rows.Concat(onSmall.Rows).ToDictionary(row => (row.Slots, row.Scenario));
        Assert.Equal(Verdict.Clean, rows[(3, Scenario.Steady)].Verdict);
        foreach ((int slots, Scenario scenario, string reason) in ((int, Scenario, string)[])
        [
            (4, Scenario.Steady, "the server has 3 slots; start it with more (-np 4)"),
            (3, Scenario.Cache, "the server does not count cache hits"),
            (3, Scenario.Speculation, "nothing was drafted; start the server with speculation"),
            (3, Scenario.LongPrompts, "prompts of over 80 tokens do not fit into the server's context of 90"),
        ])
        {
            LiveBleedRow row = rows[(slots, scenario)];
            Assert.Equal(Verdict.Inconclusive, row.Verdict);
            Assert.StartsWith(reason, row.Basis, StringComparison.Ordinal);
            Assert.Equal(skip && scenario != Scenario.Steady, row.IsSkipped);
        }
    }

    /// <summary>Noise that no sane server has hides damage: nothing is called clean.</summary>
    [Fact]
    public async Task Run_ExcessiveNoise_IsNeverClean()
    {
        LiveBleedResult result = await ToySweep.RunAsync(new ToyClient(3) { Noise = 1 }, np: [3], scenarios: [Scenario.Steady]);
        Assert.True(result.Noise!.IsExcessive, result.Noise.ToString());
        Assert.NotEqual(Verdict.Clean, Assert.Single(result.Rows).Verdict);
    }

    /// <summary>The client reads the text: right tokens do not help it.</summary>
    [Fact]
    public async Task Run_TextOfSomebodyElse_IsDirtyThoughTokensAreRight()
    {
        LiveBleedResult result = await ToySweep.RunAsync(
            new ToyClient(3)
            {
                TextOf = (request, text) => request.Purpose.StartsWith("steady", StringComparison.Ordinal) ? "<1>" + text : text,
            },
            np: [3], scenarios: [Scenario.Steady, Scenario.Ragged]);
        Assert.Equal([Verdict.Dirty, Verdict.Clean], result.Rows.Select(row => row.Verdict));
        Assert.Equal("the tokens are right, but the text does not match them", result.Rows[0].Basis);
    }

    [Fact]
    public async Task Run_ServerSamples_SaysSoAndIsNotJudged()
    {
        var server = new ToyClient(3) { Draws = true };
        LiveBleedResult result = await ToySweep.RunAsync(server, np: [3], scenarios: [Scenario.Steady]);
        Assert.Contains("the server samples although temperature 0 was requested", result.Failure!.Message, StringComparison.Ordinal);
        Assert.Empty(result.Rows);
        var options = new LiveBleedOptions(server, Seed: 3, [3], [Scenario.Steady], Rounds: 2, new RoundSizes());
        Assert.Contains(
            "| ended early by | ", BugReport.Markdown(server.Info, options, result, "again"),
            StringComparison.Ordinal);
    }

    /// <summary>A model whose answers do not depend on its prompts would look clean with any state.</summary>
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Run_AnswersThatDependOnNothing_IsNeverClean(bool reportsLogProbabilities)
    {
        static void Forget(IReadOnlyList<ToyClient.Job> active)
        {
            foreach (ToyClient.Job job in active) job.State = 7;
        }

        LiveBleedResult result = await ToySweep.RunAsync(
            new ToyClient(3) { Spoil = Forget, ReportsLogProbabilities = reportsLogProbabilities }, np: [3], scenarios: [Scenario.Steady]);
        Assert.Equal(new PositiveControl(4, 4), result.Control);
        LiveBleedRow row = Assert.Single(result.Rows);
        Assert.Equal(Verdict.Inconclusive, row.Verdict);
        Assert.StartsWith("blind: 4 of 4 answers", row.Basis, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Run_DirtyEnough_SparesFurtherRounds()
    {
        LiveBleedResult result = await ToyClient.RunAsync(() => LiveBleedCampaign.SweepAsync(
            new LiveBleedOptions(new ToyClient(3) { Spoil = ToySweep.SwapThird }, 3, [2, 3], [Scenario.Steady], 6, new RoundSizes())
            {
                Vocabulary = ToyClient.Vocabulary,
                DirtyEnough = 2,
            },
            null, CancellationToken.None));
        Assert.Equal([(2, 6, 0), (3, 2, 2)], result.Rows.Select(row => (row.Slots, row.Rounds, row.DirtyRounds)));
    }

    [Fact]
    public async Task Run_ServerDies_KeepsWhatWasFound()
    {
        int asked = 0;
        var server = new ToyClient(3)
        {
            Spoil = ToySweep.SwapThird,
            Asked = _ =>
            {
                if (++asked > 120) throw new EnvironmentException("http://toy/", "the server died", "start it again");
            },
        };
        LiveBleedResult result = await ToySweep.RunAsync(server, rounds: 20, np: [3], scenarios: [Scenario.Steady, Scenario.Ragged]);
        Assert.IsType<EnvironmentException>(result.Failure);
        Assert.NotEmpty(result.Dirty);
        Assert.Equal((Scenario.Steady, Verdict.Dirty), (Assert.Single(result.Rows).Scenario, result.Rows[0].Verdict));
    }

    [Fact]
    public async Task Run_ServerRefuses_IsInconclusiveAndDoesNotGoOnForEver()
    {
        var server = new ToyClient(3)
        {
            Asked = request =>
            {
                if (request.MaxTokens == 24 && request.Purpose.StartsWith("steady", StringComparison.Ordinal))
                    throw new BadAnswerException("POST /completion", "the server answers 500 oh");
            },
        };
        LiveBleedResult result = await ToySweep.RunAsync(server, rounds: 20, np: [3], scenarios: [Scenario.Steady]);
        LiveBleedRow row = Assert.Single(result.Rows);
        Assert.Equal(
            (Verdict.Inconclusive, "3 rounds failed: POST /completion: the server answers 500 oh"), (row.Verdict, row.Basis));
    }

    [Fact]
    public async Task Run_Cancelled_ReturnsWhatWasFound()
    {
        using var stop = new CancellationTokenSource();
        LiveBleedResult result = await ToyClient.RunAsync(() => LiveBleedCampaign.SweepAsync(
            new LiveBleedOptions(new ToyClient(3) { Spoil = ToySweep.SwapThird }, 3, [3], [Scenario.Steady], 20, new RoundSizes())
            {
                Vocabulary = ToyClient.Vocabulary,
            },
            new EndAfter(2, stop),
            stop.Token));
        Assert.Equal((null, "interrupted"), (result.Failure, result.Stopped));
        LiveBleedRow row = Assert.Single(result.Rows);
        Assert.Equal((Verdict.Dirty, 2), (row.Verdict, row.Rounds));
        Assert.Single(result.Dirty);
    }

    [Fact]
    public async Task Run_SameSeed_AsksTheSame()
    {
        async Task<List<string>> AskedAsync()
        {
            var asked = new List<string>();
            await ToySweep.RunAsync(new ToyClient(2) { Asked = request => asked.Add(request.Prompt.Key) }, rounds: 1, np: [2]);
            return asked;
        }

        Assert.Equal(await AskedAsync(), await AskedAsync());
    }
}
