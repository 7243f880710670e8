using Gdn.Harness.Bleed;
using Gdn.Harness.Bleed.Oracle;
using Gdn.Harness.Campaigns;
using Gdn.Harness.Clients;
using Gdn.Harness.Clients.Dialects;
using Gdn.Harness.Divergence;
using Gdn.Harness.Engines;
using Gdn.Harness.Findings;
using Gdn.Harness.Models;
using Gdn.Harness.Reports;
using Gdn.Harness.Server;
using Gdn.Harness.Traffic;
using Gdn.Properties.Harness.Server;
using Gdn.Properties.Support;
using Gdn.Reference;
using Xunit;

namespace Gdn.Properties.Harness.Bleed.Oracle;

/// <summary>Servers judged against the reference with the served weights.</summary>
public sealed class ReferenceOracleTests
{
    private const string Model = "synth:qwen35";

    // Few of the catalogue, so that a test does not take as long as a user waits.
    private static readonly string[] Tried = ["gr-shape-key:", "slot-reuse-no-zero:", "low-precision-state:", "delta-decay-order:", "conv-plane-missing:"];

    private static async Task<LiveBleedResult> SweepAsync(
        Running running, string? model, int rounds, params Scenario[] scenarios)
    {
        using ICompletionClient server = await ConnectAsync(running);
        return await LiveBleedCampaign.SweepAsync(
            new LiveBleedOptions(server, Seed: 1, [3], scenarios, rounds, new RoundSizes(Answer: 24, Ubatch: 64))
            {
                Vocabulary = SyntheticVocabulary.Printable,
                Suspects = [.. PlantedSuspects.All.Where(suspect => Tried.Any(id => suspect.Words.StartsWith(id, StringComparison.Ordinal)))],
                Served = model is null
                    ? null
                    : (await ServedWeights.OpenAsync(model, ReferenceUse.Always, server, 0, CancellationToken.None)).Model,
            },
            null, CancellationToken.None);
    }

    private static Task<ICompletionClient> ConnectAsync(Running running) =>
        ClientDiscovery.ConnectAsync(new ClientOptions(running.Client.BaseAddress!), null, CancellationToken.None);

    private static Task<Running> Serve(string engine, double jitter = 0, int drafts = 0) => Running.Start(
        new ServeOptions(3) { DraftTokens = drafts, Jitter = jitter }, EngineCatalog.Parse(engine));

    /// <summary>
    /// However it rounds, and with noise of its own; nothing is inconclusive, and near-ties are no matter of opinion.
    /// </summary>
    [Theory]
    [InlineData("cpu", 0, "F32")]
    [InlineData("cpu+cache:f16", 0, "F16")]
    [InlineData("cpu", 1e-4, "F32")]
    public async Task Sweep_RightServer_IsClean(string engine, double jitter, string caches)
    {
        await using Running running = await Serve(engine, jitter, drafts: 3);
        LiveBleedResult result = await SweepAsync(
            running, Model, 1, Scenario.Solo, Scenario.Staggered, Scenario.Churn, Scenario.Cache, Scenario.LongPrompts, Scenario.Speculation);
        Assert.Null(result.Failure);
        Assert.True(result.Rows.All(row => row is { Verdict: Verdict.Clean, RowsCompared: > 0 }), string.Join('\n', result.Rows));
        Assert.Contains($"with {caches} caches", result.Oracle, StringComparison.Ordinal);
    }

    /// <summary>States rounded after every token: the same alone and in company, so the server agrees with itself.</summary>
    [Fact]
    public async Task Sweep_SameDamageAloneAndInCompany_ShowsWithTheModelOnly()
    {
        await using Running running = await Serve("cpu+fault:low-precision-state");
        LiveBleedResult without = await SweepAsync(running, null, 1, Scenario.Solo, Scenario.Steady);
        LiveBleedResult with = await SweepAsync(running, Model, 1, Scenario.Steady);

        Assert.All(without.Rows, row => Assert.Equal(Verdict.Clean, row.Verdict));
        Assert.False(without.IsWrongAlone);
        Assert.All(with.Rows, row => Assert.Equal(Verdict.Dirty, row.Verdict));
        Assert.All(with.Rows, row => Assert.StartsWith("wrong alone from token ", row.Basis, StringComparison.Ordinal));
        Assert.True(with.IsWrongAlone);
        Assert.True(with.Dirty[0].Explained!.IsExplained);
        Assert.StartsWith("low-precision-state: ", with.Dirty[0].Explained!.Nearest[0].Words, StringComparison.Ordinal);
        // Arithmetic is wrong, and no state was mistaken for another.
        Assert.Empty(with.Dirty[0].Explained!.States);
        Assert.True(with.Dirty[0].Explained!.StatesTried > 100);

        using ICompletionClient server = await ConnectAsync(running);
        OracleModel? weights = (await ServedWeights.OpenAsync(Model, ReferenceUse.Always, server, 0, CancellationToken.None)).Model;
        ReplayFile file = Evidence.Finding(with.Dirty[0], server.Info, seed: 1).Replay!;
        var replay = new LiveReplayCampaign("finding.json", file, file.Round!, server) { Suspects = [] };
        Part unjudged = await replay.RunAsync(new NoProgress(), CancellationToken.None);
        Part judged = await (replay with { Served = weights }).RunAsync(new NoProgress(), CancellationToken.None);
        Assert.Equal(Verdict.Clean, unjudged.Verdict);
        Assert.Equal(Verdict.Dirty, judged.Verdict);
        Assert.StartsWith("wrong alone from token ", judged.Findings[0].Detail, StringComparison.Ordinal);
        Assert.Contains(judged.Content, content => content is Note note && note.Text.StartsWith("reference: ", StringComparison.Ordinal));
    }

    /// <summary>A server that loads a waiting request's cached prompt into the slot where another is being answered.</summary>
    [Fact]
    public async Task Sweep_OtherRequestsStateLoaded_IsNamed()
    {
        await using Running running = await Running.Start(
            new ServeOptions(3) { Fault = ServerFault.Find("busy-slot-cache-load") }, EngineCatalog.Parse("cpu"));
        // Whether a request finds its slot busy is a matter of time: in one round of four it does.
        LiveBleedResult result = await SweepAsync(running, Model, 4, Scenario.BusySlot);
        Explanations explained = result.Dirty[0].Explained!;
        Assert.False(explained.IsExplainedByFault);
        // Requests come in threes: one, the one that is answered after it on its slot, and the first again, which waits.
        int wrong = result.Dirty[0].Victims.Min(victim => victim.Request);
        Assert.Contains(explained.States, state => state.Words.StartsWith("request ", StringComparison.Ordinal)
            && state.Words.Contains("from the state, keys, values and position of request ", StringComparison.Ordinal));
        Assert.Equal(1, wrong % 3);
    }

    /// <summary>The slot of lone answers is never reset: each goes on from all before, of which only the last are known.</summary>
    [Fact]
    public async Task Sweep_SlotNotReset_NamesTheFaultFirst()
    {
        await using Running running = await Serve("cpu+fault:slot-reuse-no-zero");
        LiveBleedResult result = await SweepAsync(running, Model, 1, Scenario.Steady);
        Explanations explained = Assert.Single(result.Dirty).Explained!;
        Assert.StartsWith("slot-reuse-no-zero: ", explained.Nearest[0].Words, StringComparison.Ordinal);
    }

    /// <summary>The round is played with as many drafts as the server reports.</summary>
    [Fact]
    public async Task Sweep_FaultOfRollbacks_IsNamed()
    {
        await using Running running = await Serve("cpu+fault:conv-plane-missing", drafts: 3);
        LiveBleedResult result = await SweepAsync(running, Model, 1, Scenario.Speculation);
        Explanations explained = Assert.Single(result.Dirty).Explained!;
        Assert.True(explained.IsExplainedByFault, explained.ToString());
        Assert.StartsWith("conv-plane-missing: ", explained.Nearest[0].Words, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Sweep_DamageInCompany_IsTheFirstWrongToken()
    {
        await using Running running = await Serve("cpu+fault:gr-shape-key");
        LiveBleedResult result = await SweepAsync(running, Model, 4, Scenario.Churn);
        Assert.Equal(Verdict.Dirty, Assert.Single(result.Rows).Verdict);
        Assert.StartsWith("wrong in company from token ", result.Rows[0].Basis, StringComparison.Ordinal);
        Assert.False(result.IsWrongAlone);
        foreach (var victim in result.Dirty[0].Victims)
        {
            // Up to there the server agrees with itself, and there it does not.
            int wrong = victim.Judgement.At!.Position;
            double Move(int n) => RowDelta.Between(victim.Solo.Tokens[n], victim.Batched.Tokens[n])!.Value;
            Assert.All(Enumerable.Range(0, wrong), n => Assert.True(Move(n) < 1e-3 && victim.Solo.Tokens[n].Is(victim.Batched.Tokens[n])));
            Assert.True(Move(wrong) > 1e-5);
        }
    }

    [Fact]
    public async Task Sweep_OtherWeights_SaysThatEvenLoneAnswersAreOff()
    {
        await using Running running = await Serve("cpu");
        LiveBleedResult result = await SweepAsync(running, "synth:qwen35:2", 1, Scenario.Steady);
        Assert.Equal(Verdict.Dirty, Assert.Single(result.Rows).Verdict);
        Assert.Contains("the server serves another file than --model", result.Oracle, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Open_OtherTokenizer_IsRefused()
    {
        await using Running running = await Serve("cpu");
        using ICompletionClient server = await ConnectAsync(running);
        InputException refused = await Assert.ThrowsAsync<InputException>(() =>
            ServedWeights.OpenAsync(ShippedModel.Name, ReferenceUse.Auto, server, 0, CancellationToken.None));
        Assert.StartsWith("--model gdn-tiny: its tokenizer is not the server's: ", refused.Message, StringComparison.Ordinal);
    }

    /// <summary>What would take too long is left out, unless it is asked for.</summary>
    [Fact]
    public async Task Open_TooManyTokens_GoesWithoutTheReference()
    {
        await using Running running = await Serve("cpu");
        using ICompletionClient server = await ConnectAsync(running);
        Task<ServedWeights> Open(ReferenceUse use) => ServedWeights.OpenAsync(Model, use, server, 1L << 50, CancellationToken.None);
        ServedWeights auto = await Open(ReferenceUse.Auto);
        Assert.Null(auto.Model);
        Assert.StartsWith("our own engine would take about ", auto.WhyNot, StringComparison.Ordinal);
        Assert.NotNull((await Open(ReferenceUse.Always)).Model);
    }
}
