using System.Text.Json;
using Gdn.Harness.Engines;
using Gdn.Harness.Models;
using Gdn.Harness.Server;
using Gdn.Properties.Support;
using Gdn.Reference;
using Gdn.Reference.Engines;
using Xunit;

namespace Gdn.Properties.Harness.Server;

/// <summary>Speculation changes how many passes an answer takes, and nothing else.</summary>
public sealed class SpeculationTests
{
    [Theory]
    [InlineData(0.0)]
    [InlineData(1.0)]
    public async Task Answer_Drafted_SameBitsAsUndrafted(double temperature)
    {
        int drafted = 0, accepted = 0;
        await using Running plain = await Running.Start(new ServeOptions(1));
        await using Running drafting = await Running.Start(new ServeOptions(1) { DraftTokens = 3 });
        for (int i = 0; i < 6; i++)
        {
            JsonElement expected = await Answer(plain, i, temperature), actual = await Answer(drafting, i, temperature);
            Assert.Equal(Completions.Tokens(expected), Completions.Tokens(actual));
            Assert.Equal(Completions.LogProbabilities(expected), Completions.LogProbabilities(actual));
            if (!actual.GetProperty("timings").TryGetProperty("draft_n", out JsonElement count)) continue;
            drafted += count.GetInt32();
            accepted += Completions.Timing(actual, "draft_n_accepted");
        }

        // Both an acceptance and a rejection were seen.
        Assert.InRange(accepted, 1, drafted - 1);
    }

    /// <summary>Several answers at once, from prompts that are cached and from new ones.</summary>
    [Fact]
    public async Task Answers_DraftedByHead_SameTokensAsUndrafted()
    {
        var model = LoadedModel.Load(ShippedModel.Name);
        var vocabulary = ServingVocabulary.Of(model);
        await using Running plain = await Running.Start(new ServeOptions(1), EngineCatalog.Parse("cpu"), model);
        await using Running drafting = await Running.Start(
            new ServeOptions(3) { DraftTokens = 2, DraftsWithHead = true }, EngineCatalog.Parse("cpu"), model);
        int drafted = 0, accepted = 0;
        for (int round = 0; round < 3; round++)
        {
            JsonElement[] answers = await Task.WhenAll(Enumerable.Range(0, 3).Select(i => Answer(drafting, i)));
            for (int i = 0; i < answers.Length; i++)
            {
                Assert.Equal(Completions.Tokens(await Answer(plain, i)), Completions.Tokens(answers[i]));
                drafted += Completions.Timing(answers[i], "draft_n");
                accepted += Completions.Timing(answers[i], "draft_n_accepted");
            }
        }

        Assert.InRange(accepted, drafted / 4, drafted - 1);

        async Task<JsonElement> Answer(Running server, int i) => (await server.Post("/completion", Completions.Greedy(
            vocabulary.Encode(
                $"codeword amber is zekimeta.\ncodeword hazel is number {i}.\nThe codeword amber?", CancellationToken.None),
            40, cache: true))).Body;
    }

    [Fact]
    public async Task Start_HeadThatIsNotThere_IsRefused()
    {
        var options = new ServeOptions(1) { DraftTokens = 2, DraftsWithHead = true };
        string model = (await Assert.ThrowsAsync<InputException>(() => Running.Start(options))).Message;
        Assert.Contains("it has no draft (MTP) layer", model, StringComparison.Ordinal);
        string engine = (await Assert.ThrowsAsync<InputException>(
            () => Running.Start(options, new RestrictedFactory(new EngineCapabilities()), LoadedModel.Load(ShippedModel.Name)))).Message;
        Assert.Contains("--draft: the engine does not run draft (MTP) layers", engine, StringComparison.Ordinal);
    }

    private static async Task<JsonElement> Answer(Running server, int seed, double temperature)
    {
        int[] words = Completions.Prompt(seed, 8);
        var request = Completions.Greedy([.. words, .. words, .. words], 40);
        request["temperature"] = temperature;
        request["seed"] = seed;
        return (await server.Post("/completion", request)).Body;
    }
}
