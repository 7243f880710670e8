using System.Net;
using System.Text.Json;
using System.Text.Json.Nodes;
using Gdn.Harness.Server;
using Xunit;

namespace Gdn.Properties.Harness.Server;

/// <summary>Shapes of requests and answers, as clients of llama-server and of OpenAI know them.</summary>
public sealed class CompletionApiTests : IAsyncLifetime
{
    private static readonly int[] Prompt = Completions.Prompt(seed: 1, length: 9);
    private Running _server = null!;

    public async ValueTask InitializeAsync() => _server = await Running.Start(new ServeOptions(2));

    public async ValueTask DisposeAsync() => await _server.DisposeAsync();

    [Theory]
    [InlineData("/completion")]
    [InlineData("/completions")]
    public async Task Llama_Whole_HasEveryField(string path)
    {
        Running.Reply reply = await _server.Post(path, Completions.Greedy(Prompt, 5));

        Assert.Equal(HttpStatusCode.OK, reply.Status);
        JsonElement answer = reply.Body;
        Assert.Equal(5, Completions.Tokens(answer).Length);
        Assert.InRange(answer.GetProperty("id_slot").GetInt32(), 0, 1);
        Assert.True(answer.GetProperty("stop").GetBoolean());
        Assert.Equal("limit", answer.GetProperty("stop_type").GetString());
        Assert.Equal("", answer.GetProperty("stopping_word").GetString());
        Assert.False(answer.GetProperty("truncated").GetBoolean());
        Assert.Equal(5, answer.GetProperty("tokens_predicted").GetInt32());
        Assert.Equal(Prompt.Length, answer.GetProperty("tokens_evaluated").GetInt32());
        Assert.Equal(Prompt.Length + 4, answer.GetProperty("tokens_cached").GetInt32());
        Assert.Equal(0, answer.GetProperty("generation_settings").GetProperty("temperature").GetDouble());
        Assert.Equal("synth:qwen35", answer.GetProperty("model").GetString());
        Assert.Equal(
            (0, Prompt.Length, 5),
            (Completions.Timing(answer, "cache_n"), Completions.Timing(answer, "prompt_n"),
                Completions.Timing(answer, "predicted_n")));
        Assert.False(answer.GetProperty("timings").TryGetProperty("draft_n", out _));

        JsonElement[] probabilities = [.. answer.GetProperty("completion_probabilities").EnumerateArray()];
        Assert.Equal(Completions.Tokens(answer), probabilities.Select(p => p.GetProperty("id").GetInt32()));
        foreach (JsonElement token in probabilities)
        {
            JsonElement[] top = [.. token.GetProperty("top_logprobs").EnumerateArray()];
            Assert.Equal(3, top.Length);
            double[] values = [.. top.Select(t => t.GetProperty("logprob").GetDouble())];
            Assert.Equal(values.OrderDescending(), values);
            Assert.True(values[0] < 0);
            Assert.Equal(token.GetProperty("id").GetInt32(), top[0].GetProperty("id").GetInt32());
            Assert.Equal(token.GetProperty("logprob").GetDouble(), values[0]);
        }

        Assert.Equal(
            answer.GetProperty("content").GetString(),
            string.Concat(probabilities.Select(p => p.GetProperty("token").GetString())));
    }

    [Fact]
    public async Task Llama_Stream_SendsATokenAnEventAndThenTheRest()
    {
        JsonElement whole = (await _server.Post("/completion", Completions.Greedy(Prompt, 6))).Body;
        using EventStream stream = await _server.Open("/completion", Completions.Greedy(Prompt, 6));
        Assert.Equal("text/event-stream", stream.Response.Content.Headers.ContentType!.MediaType);
        JsonElement[] events = [.. (await stream.Rest()).Select(data => JsonDocument.Parse(data).RootElement)];

        Assert.Equal(7, events.Length);
        Assert.Equal(Completions.Tokens(whole), events[..6].SelectMany(Completions.Tokens));
        Assert.Equal(Completions.LogProbabilities(whole), events[..6].SelectMany(Completions.LogProbabilities));
        Assert.All(events[..6], e => Assert.Equal((false, -1), (e.GetProperty("stop").GetBoolean(), e.GetProperty("id_slot").GetInt32())));
        Assert.Equal(Enumerable.Range(1, 6), events[..6].Select(e => e.GetProperty("tokens_predicted").GetInt32()));
        Assert.True(events[6].GetProperty("stop").GetBoolean());
        Assert.InRange(events[6].GetProperty("id_slot").GetInt32(), 0, 1);
        Assert.Equal(
            whole.GetProperty("content").GetString(),
            string.Concat(events.Select(e => e.GetProperty("content").GetString())));
    }

    [Fact]
    public async Task OpenAi_Whole_SaysTheSameAsLlama()
    {
        JsonElement llama = (await _server.Post("/completion", Completions.Greedy(Prompt, 5))).Body;
        JsonObject request = Completions.Greedy(Prompt, 5);
        request["max_tokens"] = 5;
        request["logprobs"] = 3;
        JsonElement answer = (await _server.Post("/v1/completions", request)).Body;

        Assert.Equal("text_completion", answer.GetProperty("object").GetString());
        JsonElement choice = answer.GetProperty("choices")[0];
        Assert.Equal("length", choice.GetProperty("finish_reason").GetString());
        Assert.Equal(llama.GetProperty("content").GetString(), choice.GetProperty("text").GetString());
        Assert.Equal(
            llama.GetProperty("completion_probabilities").GetRawText(),
            choice.GetProperty("logprobs").GetProperty("content").GetRawText());
        JsonElement usage = answer.GetProperty("usage");
        Assert.Equal(
            (Prompt.Length, 5, Prompt.Length + 5, 0),
            (usage.GetProperty("prompt_tokens").GetInt32(), usage.GetProperty("completion_tokens").GetInt32(),
                usage.GetProperty("total_tokens").GetInt32(),
                usage.GetProperty("prompt_tokens_details").GetProperty("cached_tokens").GetInt32()));
    }

    [Fact]
    public async Task OpenAi_Stream_EndsWithUsageAndDone()
    {
        JsonObject request = Completions.Greedy(Prompt, 4);
        request["stream_options"] = new JsonObject { ["include_usage"] = true };
        using EventStream stream = await _server.Open("/v1/completions", request);
        List<string> events = await stream.Rest();

        Assert.Equal("[DONE]", events[^1]);
        JsonElement[] chunks = [.. events[..^1].Select(data => JsonDocument.Parse(data).RootElement)];
        Assert.Equal(6, chunks.Length);
        Assert.Single(chunks.Select(chunk => chunk.GetProperty("id").GetString()).Distinct());
        Assert.Equal("length", chunks[4].GetProperty("choices")[0].GetProperty("finish_reason").GetString());
        Assert.Equal(0, chunks[5].GetProperty("choices").GetArrayLength());
        Assert.Equal(4, chunks[5].GetProperty("usage").GetProperty("completion_tokens").GetInt32());
    }

    [Fact]
    public async Task Prompt_TextIdsAndBoth_AreTheSame()
    {
        JsonElement tokens = (await _server.Post("/tokenize", new JsonObject { ["content"] = "to be or" })).Body.GetProperty("tokens");
        int[] ids = [.. tokens.EnumerateArray().Select(token => token.GetInt32())];
        Assert.Equal(
            "to be or",
            (await _server.Post("/detokenize", new JsonObject { ["tokens"] = JsonNode.Parse(tokens.GetRawText()) })).Body
                .GetProperty("content").GetString());

        string[][] answers = await Task.WhenAll(((JsonNode[])
            [
                "to be or",
                JsonNode.Parse(tokens.GetRawText())!,
                new JsonArray(ids[0], (await Detokenize(ids[1..]))),
            ]).Select(async prompt =>
            {
                JsonObject request = Completions.Greedy([], 4);
                request["prompt"] = prompt;
                return Completions.LogProbabilities((await _server.Post("/completion", request)).Body);
            }));
        Assert.Equal(answers[0], answers[1]);
        Assert.Equal(answers[0], answers[2]);
    }

    private async Task<string> Detokenize(int[] ids) => (await _server.Post(
        "/detokenize", new JsonObject { ["tokens"] = new JsonArray([.. ids.Select(id => JsonValue.Create(id))]) }))
        .Body.GetProperty("content").GetString()!;

    [Fact]
    public async Task Prompt_Empty_HasNoAnswer()
    {
        JsonElement answer = (await _server.Post("/completion", new JsonObject { ["prompt"] = "" })).Body;
        Assert.Equal(("none", 0), (answer.GetProperty("stop_type").GetString(), answer.GetProperty("tokens_predicted").GetInt32()));
    }

    [Fact]
    public async Task Stop_Word_EndsTheAnswerBeforeIt()
    {
        JsonElement whole = (await _server.Post("/completion", Completions.Greedy(Prompt, 12))).Body;
        string content = whole.GetProperty("content").GetString()!;
        string word = content[4..6];
        int at = content.IndexOf(word, StringComparison.Ordinal);
        JsonObject request = Completions.Greedy(Prompt, 12);
        request["stop"] = word;
        JsonElement answer = (await _server.Post("/completion", request)).Body;

        Assert.Equal("word", answer.GetProperty("stop_type").GetString());
        Assert.Equal(word, answer.GetProperty("stopping_word").GetString());
        Assert.Equal(content[..at], answer.GetProperty("content").GetString());
    }

    [Fact]
    public async Task Temperature_SameSeed_SameTokens()
    {
        async Task<int[]> Sample(int seed)
        {
            JsonObject request = Completions.Greedy(Prompt, 24);
            request["temperature"] = 1.5;
            request["seed"] = seed;
            return Completions.Tokens((await _server.Post("/completion", request)).Body);
        }

        int[] first = await Sample(5);
        Assert.Equal(first, await Sample(5));
        Assert.NotEqual(first, await Sample(6));
    }

    [Fact]
    public async Task Context_Full_EndsTruncated()
    {
        await using Running small = await Running.Start(new ServeOptions(1) { ContextTokens = 16 });
        JsonElement answer = (await small.Post("/completion", Completions.Greedy(Prompt, -1))).Body;

        Assert.True(answer.GetProperty("truncated").GetBoolean());
        Assert.Equal("limit", answer.GetProperty("stop_type").GetString());
        // The last token has no place in the context, and needs none.
        Assert.Equal(16 - Prompt.Length + 1, answer.GetProperty("tokens_predicted").GetInt32());
    }

    [Fact]
    public async Task Info_SaysWhatTheServerIs()
    {
        Assert.Equal("ok", (await _server.Get("/health")).Body.GetProperty("status").GetString());
        JsonElement props = (await _server.Get("/props")).Body;
        Assert.Equal(2, props.GetProperty("total_slots").GetInt32());
        Assert.StartsWith("gdn-harness ", props.GetProperty("build_info").GetString(), StringComparison.Ordinal);
        Assert.Equal(
            "synth:qwen35", (await _server.Get("/v1/models")).Body.GetProperty("data")[0].GetProperty("id").GetString());

        await _server.Post("/completion", Completions.Greedy(Prompt, 5));
        string metrics = await _server.Client.GetStringAsync(
            new Uri("/metrics", UriKind.Relative), TestContext.Current.CancellationToken);
        Assert.Contains($"llamacpp:prompt_tokens_total {Prompt.Length}\n", metrics, StringComparison.Ordinal);
        Assert.Contains("llamacpp:tokens_predicted_total 5\n", metrics, StringComparison.Ordinal);
        JsonElement[] slots = [.. (await _server.Get("/slots")).Body.EnumerateArray()];
        Assert.Equal([0, 1], slots.Select(slot => slot.GetProperty("id").GetInt32()));
        Assert.All(slots, slot => Assert.Equal(JsonValueKind.Array, slot.GetProperty("next_token").ValueKind));
    }

    // 256 candidates a token: as JSON at once, an answer to the end of a long context would take a gigabyte.
    [Theory]
    [InlineData("/completion")]
    [InlineData("/v1/completions")]
    public async Task Candidates_Many_AreAllSent(string path)
    {
        await using Running server = await Running.Start(new ServeOptions(1));
        JsonObject request = Completions.Greedy([1, 2], 40);
        request["n_probs"] = 256;
        JsonElement body = (await server.Post(path, request)).Body;
        JsonElement[] tokens = [.. (path == "/completion"
            ? body.GetProperty("completion_probabilities")
            : body.GetProperty("choices")[0].GetProperty("logprobs").GetProperty("content")).EnumerateArray()];
        Assert.Equal(40, tokens.Length);
        Assert.All(tokens, token => Assert.Equal(
            token.GetProperty("logprob").GetDouble(), token.GetProperty("top_logprobs")[0].GetProperty("logprob").GetDouble()));
        Assert.All(tokens, token => Assert.Equal(256, token.GetProperty("top_logprobs").GetArrayLength()));
    }
}
