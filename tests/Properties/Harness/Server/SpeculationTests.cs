using System.Text.Json;
using Gdn.Harness.Server;
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

    private static async Task<JsonElement> Answer(Running server, int seed, double temperature)
    {
        int[] words = Completions.Prompt(seed, 8);
        var request = Completions.Greedy([.. words, .. words, .. words], 40);
        request["temperature"] = temperature;
        request["seed"] = seed;
        return (await server.Post("/completion", request)).Body;
    }
}
