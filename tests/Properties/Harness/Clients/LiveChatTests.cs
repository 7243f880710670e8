using Gdn.Harness.Bleed.Oracle;
using Gdn.Harness.Campaigns;
using Gdn.Harness.Clients;
using Gdn.Harness.Clients.Dialects;
using Gdn.Harness.Engines;
using Gdn.Harness.Models;
using Gdn.Harness.Reports;
using Gdn.Harness.Server;
using Gdn.Harness.Traffic;
using Gdn.Properties.Harness.Server;
using Xunit;

namespace Gdn.Properties.Harness.Clients;

/// <summary>Over the chat route, which cannot be asked to go on from the middle of an answer, and takes no token ids.</summary>
public sealed class LiveChatTests
{
    private static async Task<LiveBleedResult> SweepAsync(string engine, LogProbabilityPlan plan, params Scenario[] scenarios)
    {
        await using Running running = await Running.Start(
            new ServeOptions(3), EngineCatalog.Parse(engine), LoadedModel.Load(ShippedModel.Name));
        using ICompletionClient server = await ConnectAsync(running);
        return await LiveBleedCampaign.SweepAsync(
            new LiveBleedOptions(server, Seed: 1, [3], scenarios, Rounds: 2, new RoundSizes(Answer: 24))
            {
                SkipWhatServerLacks = true,
                LogProbabilities = plan,
            },
            null, CancellationToken.None);
    }

    private static Task<ICompletionClient> ConnectAsync(Running running) => ClientDiscovery.ConnectAsync(
        new ClientOptions(running.Client.BaseAddress!) { Route = ServerRoute.Chat }, null, CancellationToken.None);

    [Theory]
    [InlineData("both")]
    [InlineData("none")]
    public async Task Bleed_CleanServe_IsClean(string logProbabilities)
    {
        LiveBleedResult result = await SweepAsync(
            "cpu", LogProbabilityPlan.Parse("--logprobs", logProbabilities), Scenario.Staggered, Scenario.Ragged, Scenario.Agent,
            Scenario.Coincidence);
        Assert.Null(result.Failure);
        Assert.All(
            result.Rows, row => Assert.True(row.Scenario == Scenario.Coincidence ? row.IsSkipped : row.Verdict == Verdict.Clean, row.ToString()));
    }

    /// <summary>Texts are made by the server's own count of their tokens.</summary>
    [Fact]
    public async Task Bleed_LongPrompts_FitIntoTheContext()
    {
        LiveBleedResult result = await SweepAsync("cpu", LogProbabilityPlan.Usual, Scenario.LongPrompts);
        LiveBleedRow row = Assert.Single(result.Rows);
        Assert.True(row.IsSkipped || row.Verdict == Verdict.Clean, row.ToString());
    }

    [Fact]
    public async Task Bleed_PlansReusedByShape_AreDirty()
    {
        LiveBleedResult result = await SweepAsync("cpu+fault:gr-shape-key", LogProbabilityPlan.Usual, Scenario.Staggered, Scenario.Churn);
        Assert.Contains(result.Rows, row => row.Verdict == Verdict.Dirty);
    }

    /// <summary>The server tells what its template makes of a prompt, and then its answers are held against the reference's.</summary>
    [Theory]
    [InlineData("cpu", Verdict.Clean)]
    [InlineData("cpu+fault:delta-decay-order", Verdict.Dirty)]
    public async Task Bleed_ServedWeights_JudgeEveryToken(string engine, Verdict verdict)
    {
        await using Running running = await Running.Start(
            new ServeOptions(2), EngineCatalog.Parse(engine), LoadedModel.Load(ShippedModel.Name));
        using ICompletionClient server = await ConnectAsync(running);
        OracleModel weights =
            (await ServedWeights.OpenAsync(ShippedModel.Name, ReferenceUse.Always, server, 0, CancellationToken.None)).Model!;
        LiveBleedResult result = await LiveBleedCampaign.SweepAsync(
            new LiveBleedOptions(server, Seed: 1, [2], [Scenario.Steady, Scenario.Agent], Rounds: 1, new RoundSizes(Answer: 24))
            {
                LogProbabilities = LogProbabilityPlan.Parse("--logprobs", "20"),
                Served = weights,
                Suspects = [],
            },
            null, CancellationToken.None);
        Assert.All(result.Rows, row => Assert.Equal(verdict, row.Verdict));
        Assert.Equal(verdict == Verdict.Dirty, result.IsWrongAlone);
    }

    /// <summary>What a parser of thoughts keeps for itself is missing in the middle of an answer.</summary>
    [Fact]
    public async Task Resolve_TokensKeptBack_LeavesTheAnswerUnread()
    {
        await using Running running = await Running.Start(
            new ServeOptions(1), EngineCatalog.Parse("cpu"), LoadedModel.Load(ShippedModel.Name));
        using ICompletionClient server = await ConnectAsync(running);
        using var oracle = new ReferenceOracle(
            (await ServedWeights.OpenAsync(ShippedModel.Name, ReferenceUse.Always, server, 0, CancellationToken.None)).Model!);
        var prompt = new Prompt(Text: "the codeword is");
        await oracle.MeetAsync(server, [prompt], CancellationToken.None);
        Completion answer = await server.CompleteAsync(
            new CompletionRequest(prompt, MaxTokens: 6), null, CancellationToken.None);

        Assert.NotNull(oracle.Resolve(prompt, answer));
        Assert.Null(oracle.Resolve(prompt, answer with { Tokens = [.. answer.Tokens.Take(2), .. answer.Tokens.Skip(3)] }));
    }

    /// <summary>Text and nothing else: what the answer goes on with is another request's, word for word.</summary>
    [Fact]
    public async Task Bleed_MixedTexts_AreDirtyWithoutNumbers()
    {
        // Who starts first goes on as the second does.
        static void Mix(IReadOnlyList<ToyClient.Job> active)
        {
            if (active is [{ Tokens.Count: 6 } victim, var donor]) victim.State = donor.State;
        }

        Task<LiveBleedResult> SweepToyAsync(Action<IReadOnlyList<ToyClient.Job>>? spoil) => ToyClient.RunAsync(
            () => LiveBleedCampaign.SweepAsync(
                new LiveBleedOptions(
                    new ToyClient(2)
                    {
                        Info = new(new Uri("http://toy/"), ServerFlavour.Unknown) { Route = ServerRoute.Chat },
                        ReportsLogProbabilities = false,
                        Spoil = spoil,
                    },
                    Seed: 3, [2], [Scenario.Steady], Rounds: 2, new RoundSizes(Answer: 24))
                {
                    Vocabulary = ToyClient.Vocabulary,
                },
                null, CancellationToken.None));

        LiveBleedRow dirty = Assert.Single((await SweepToyAsync(Mix)).Rows);
        Assert.Equal((Verdict.Dirty, 2), (dirty.Verdict, dirty.DirtyRounds));
        Assert.StartsWith("the answer goes on as that of request 1: ", dirty.Basis, StringComparison.Ordinal);
        Assert.Equal(Verdict.Clean, Assert.Single((await SweepToyAsync(null)).Rows).Verdict);
    }
}
