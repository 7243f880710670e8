using System.Net.Http.Json;
using System.Text.Json;
using System.Text.Json.Nodes;
using Gdn.Harness.Engines;
using Gdn.Harness.Models;
using Gdn.Harness.Server;
using Gdn.Properties.Support;
using Xunit;

namespace Gdn.Properties.Harness.Server;

/// <summary>The real llama.cpp over HTTP: the same shapes, and the same answers as our own engine.</summary>
[Collection(Alone.Name)]
public sealed class NodeServerTests
{
    private const int Requests = 6, AnswerTokens = 16;

    // llama.cpp and the CPU engine differ by 5e-6 nats; batched, llama.cpp sums in another order, which moves 1e-7.
    private const double AllowedNats = 1e-4;

    [NodeFact]
    public async Task Answers_SoloAndBatched_AreThoseOfOurEngine()
    {
        await using Running ours = await Running.Start(new ServeOptions(1), EngineCatalog.Parse("cpu"), LoadedModel.Load(ShippedModel.Name));
        await using NodeServer real = await NodeServer.Start(slots: 3);
        JsonElement[] batched = await Task.WhenAll(Enumerable.Range(0, Requests).Select(i => Answer(real.Client, i)));
        for (int i = 0; i < Requests; i++)
        {
            JsonElement solo = await Answer(real.Client, i), expected = await Answer(ours.Client, i);
            foreach (JsonElement actual in (JsonElement[])[solo, batched[i]])
            {
                Assert.Equal(Completions.Tokens(expected), Completions.Tokens(actual));
                foreach ((double e, double a) in Chosen(expected).Zip(Chosen(actual)))
                    Assert.True(Math.Abs(e - a) <= AllowedNats, $"request {i}: expected {e}, actual {a}, allowed {AllowedNats}");
            }
        }
    }

    [NodeFact]
    public async Task BadInput_IsRefused()
    {
        await using NodeServer real = await NodeServer.Start(slots: 1);
        foreach (string body in (string[])["{", "{\"prompt\":\"text\"}", "{\"prompt\":[999]}", "{\"prompt\":[1],\"n_predict\":\"x\"}"])
        {
            using var content = new StringContent(body);
            using HttpResponseMessage response = await real.Client.PostAsync(new Uri("/completion", UriKind.Relative), content);
            Assert.Equal(System.Net.HttpStatusCode.BadRequest, response.StatusCode);
        }
    }

    // Prompts of known words, so that near-ties are rare.
    private static async Task<JsonElement> Answer(HttpClient client, int i)
    {
        JsonObject request = Completions.Greedy(Enumerable.Range(60 + i, 10 + 7 * i).Select(id => 64 + id % 90), AnswerTokens);
        using HttpResponseMessage response = await client.PostAsync(
            new Uri("/completion", UriKind.Relative), JsonContent.Create(request));
        return JsonDocument.Parse(await response.Content.ReadAsStringAsync()).RootElement;
    }

    private static IEnumerable<double> Chosen(JsonElement answer) => answer.GetProperty("completion_probabilities")
        .EnumerateArray().Select(token => token.GetProperty("logprob").GetDouble());
}
