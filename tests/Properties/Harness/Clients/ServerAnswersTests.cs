using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Gdn.Harness.Clients;
using Gdn.Harness.Clients.Dialects;
using Gdn.Reference;
using Xunit;

namespace Gdn.Properties.Harness.Clients;

/// <summary>What each flavour of server sends, and what is made of it. The shapes were seen on real servers.</summary>
public sealed class ServerAnswersTests
{
    private static readonly CompletionRequest Request = new(new Prompt([5, 6, 7]), 2);

    // A server that lists its model and answers completions; everything else it does not know.
    private static RawServer Serving(string completion, string server = "", string models = "{}", string props = "") =>
        new(async (line, _, output, cancellation) => await output.WriteAsync(
            line.StartsWith("POST", StringComparison.Ordinal) ? Whole(completion)
            : line.Contains("/v1/models", StringComparison.Ordinal) ? RawServer.Answer(models, headers: $"Server: {server}\r\n")
            : line.Contains("/props", StringComparison.Ordinal) && props.Length > 0 ? RawServer.Answer(props)
            : RawServer.Answer("{}", "404 Not Found"), cancellation));

    private static byte[] Whole(string completion) => completion.StartsWith("data:", StringComparison.Ordinal)
        ? [.. RawServer.StreamHead, .. Encoding.UTF8.GetBytes(completion)]
        : RawServer.Answer(completion);

    private static async Task<Completion> CompleteAsync(
        RawServer raw, ServerFlavour? flavour, bool stream, List<CompletionPart>? parts = null)
    {
        using ICompletionClient server =
            await ClientDiscovery.ConnectAsync(new ClientOptions(raw.Address), flavour, CancellationToken.None);
        return await server.CompleteAsync(
            Request with { Stream = stream }, part => parts?.Add(part), CancellationToken.None);
    }

    [Fact]
    public async Task Llama_Streamed_HasIdsAndLogProbabilities()
    {
        await using RawServer raw = Serving("""
            data: {"index":0,"content":"iw","tokens":[187],"stop":false,"id_slot":-1,"tokens_predicted":1,"completion_probabilities":[{"id":187,"token":"iw","bytes":[105,119],"logprob":-0.94,"top_logprobs":[{"id":187,"token":"iw","logprob":-0.94},{"id":9,"token":"x","logprob":-1.5}]}]}

            :

            data: {"index":0,"content":"hq","tokens":[12],"stop":false,"id_slot":-1,"completion_probabilities":[{"id":12,"token":"hq","logprob":0.0,"top_logprobs":[]}]}

            data: {"index":0,"content":"","tokens":[],"stop":true,"id_slot":3,"stop_type":"limit","timings":{"cache_n":6,"draft_n":27,"draft_n_accepted":4}}

            """);
        var parts = new List<CompletionPart>();

        Completion completion = await CompleteAsync(raw, ServerFlavour.LlamaCpp, stream: true, parts);

        Assert.Equal([187, 12], completion.Tokens.Select(token => token.Id!.Value));
        Assert.Equal(-0.94, completion.Tokens[0].LogProbability);
        Assert.Equal([187, 9], completion.Tokens[0].Candidates.Select(candidate => candidate.Id!.Value));
        // A drafted token: its 0 means that it is not known.
        Assert.Null(completion.Tokens[1].LogProbability);
        Assert.Equal(("iwhq", 3), (completion.Text, completion.Slot));
        Assert.Equal(new CompletionCounters(6, 27, 4), completion.Counters);
        Assert.Equal(2, parts.Count);
    }

    [Fact]
    public async Task Llama_Whole_JoinsIdsWithThePositionsThatHaveProbabilities()
    {
        // The second token ends within a character and is missing from the probabilities.
        await using RawServer raw = Serving("""
            {"content":"iw","tokens":[187,44,12],"id_slot":0,"stop":true,"completion_probabilities":[
              {"id":187,"token":"i","logprob":-0.5,"top_logprobs":[]},{"id":12,"token":"w","logprob":-3.4028235e38,"top_logprobs":[]}]}
            """);

        Completion completion = await CompleteAsync(raw, ServerFlavour.LlamaCpp, stream: false);

        Assert.Equal([187, 44], completion.Tokens.Select(token => token.Id!.Value));
        Assert.Equal([-0.5, null], completion.Tokens.Select(token => token.LogProbability));
    }

    [Fact]
    public async Task IkLlama_TailCountedTwice_IsCorrected()
    {
        // Seen on the real server: n = 1 reports 0.1383, n = 2 reports 0.1551 for a true 0.24298.
        await using RawServer raw = Serving("""
            {"choices":[{"text":"hq","finish_reason":"stop","logprobs":{"content":[{"id":44,"token":"hq","logprob":-1.86376,
              "top_logprobs":[{"id":44,"token":"hq","logprob":-1.86376},{"id":45,"token":"pq","logprob":-2.10586}]}]}}],
             "usage":{"prompt_tokens_details":{"cached_tokens":2}}}
            """, server: "ik_llama.cpp");

        Completion completion = await CompleteAsync(raw, null, stream: false);

        Assert.Equal(0.24298, Math.Exp(completion.Tokens[0].LogProbability!.Value), 1e-4);
        Assert.Equal(0.24298, Math.Exp(completion.Tokens[0].Candidates[0].LogProbability), 1e-4);
        Assert.Equal(2, completion.Counters.Cached);
    }

    [Fact]
    public async Task Vllm_LegacyArraysOfIds_AreRead()
    {
        await using RawServer raw = Serving("""
            data: {"choices":[{"text":"a","token_ids":[17],"logprobs":{"tokens":["token_id:17"],"token_logprobs":[-0.25],"top_logprobs":[{"token_id:3":-2.0,"token_id:17":-0.25,"token_id:8":-9999.0}]}}]}

            data: {"choices":[{"text":"b","token_ids":[18],"logprobs":{"tokens":["token_id:18"],"token_logprobs":[-9999.0],"top_logprobs":[null]}}]}

            data: {"choices":[],"usage":{"prompt_tokens":3,"completion_tokens":2,"prompt_tokens_details":{"cached_tokens":0}}}

            data: [DONE]

            """, models: """{"data":[{"id":"m","owned_by":"vllm","max_model_len":4096}]}""");

        Completion completion = await CompleteAsync(raw, null, stream: true);

        Assert.Equal([17, 18], completion.Tokens.Select(token => token.Id!.Value));
        Assert.Equal([-0.25, null], completion.Tokens.Select(token => token.LogProbability));
        Assert.Equal([17, 3], completion.Tokens[0].Candidates.Select(candidate => candidate.Id!.Value));
        Assert.Equal("ab", completion.Text);
        Assert.Equal(0, completion.Counters.Cached);
    }

    /// <summary>No mark at the end, as long as the server says why it has finished.</summary>
    [Fact]
    public async Task OpenAi_FinishReasonWithoutMark_IsAnEnd()
    {
        await using RawServer raw = Serving("""
            data: {"choices":[{"text":"a","finish_reason":null}]}

            data: {"choices":[{"text":"b","finish_reason":"length"}]}

            """);
        Assert.Equal("ab", (await CompleteAsync(raw, ServerFlavour.Unknown, stream: true)).Text);
    }

    /// <summary>Fewer candidates are requested, then none, and never again more.</summary>
    [Fact]
    public async Task OpenAi_CandidatesRefused_DoesWithout()
    {
        var asked = new List<int?>();
        await using var raw = new RawServer(async (line, body, output, cancellation) =>
        {
            if (!line.StartsWith("POST", StringComparison.Ordinal))
            {
                await output.WriteAsync(RawServer.Answer("{}", "404 Not Found"), cancellation);
                return;
            }

            int? candidates = JsonNode.Parse(body)!["logprobs"]?.GetValue<int>();
            asked.Add(candidates);
            await output.WriteAsync(
                candidates is null
                    ? RawServer.Answer("""{"choices":[{"text":"a","finish_reason":"length"}]}""")
                    : RawServer.Answer("""{"error":{"message":"logprobs is too large"}}""", "400 Bad Request"),
                cancellation);
        });
        using ICompletionClient server = await ClientDiscovery.ConnectAsync(
            new ClientOptions(raw.Address) { Route = ServerRoute.Completions }, ServerFlavour.Unknown, CancellationToken.None);
        for (int i = 0; i < 2; i++)
            Assert.Equal("a", (await server.CompleteAsync(Request with { Stream = false }, null, CancellationToken.None)).Text);
        Assert.Equal([20, 5, null, null], asked);
    }

    /// <summary>A server that has reported log-probabilities can: a later refusal that mentions them has another reason.</summary>
    [Fact]
    public async Task OpenAi_RefusedAfterAnAnswer_IsRefused()
    {
        int asked = 0;
        await using var raw = new RawServer(async (line, _, output, cancellation) => await output.WriteAsync(
            !line.StartsWith("POST", StringComparison.Ordinal) ? RawServer.Answer("{}", "404 Not Found")
            : ++asked == 1 ? RawServer.Answer("""{"choices":[{"text":"a","finish_reason":"length"}]}""")
            : RawServer.Answer("""{"error":{"message":"logprobs: nan is not JSON compliant"}}""", "400 Bad Request"), cancellation));
        using ICompletionClient server = await ClientDiscovery.ConnectAsync(
            new ClientOptions(raw.Address) { Route = ServerRoute.Completions }, ServerFlavour.Unknown, CancellationToken.None);
        await server.CompleteAsync(Request with { Stream = false }, null, CancellationToken.None);
        var refusal = await Assert.ThrowsAsync<BadAnswerException>(
            () => server.CompleteAsync(Request with { Stream = false }, null, CancellationToken.None));
        Assert.Equal((400, 2), (refusal.Status, asked));
    }

    [Theory]
    [InlineData("""data: {"error":{"message":"nan","code":422}}""", 422, "nan")]
    [InlineData("""data: {"error":"compute error"}""", 500, "compute error")]
    [InlineData("""data: {"choices":[{"text":"a","logprobs":{"token_logprobs":[NaN]}}]}""", null, "the number NaN, which JSON does not know")]
    public async Task OpenAi_ErrorsWithinAStream_AreNamed(string line, int? status, string named)
    {
        await using RawServer raw = Serving(line + "\n\n");
        var wrong = await Assert.ThrowsAsync<BadAnswerException>(() => CompleteAsync(raw, ServerFlavour.Unknown, stream: true));
        Assert.Equal(status, wrong.Status);
        Assert.Contains(named, wrong.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Sglang_NullsAndText_AreRead()
    {
        await using RawServer raw = Serving("""
            {"choices":[{"text":"ab","logprobs":{"tokens":["a","b"],"token_logprobs":[null,-0.5],"top_logprobs":[null,{"b":-0.5,"c":-1.5}]}}]}
            """, models: """{"data":[{"id":"m","owned_by":"sglang"}]}""");

        Completion completion = await CompleteAsync(raw, null, stream: false);

        Assert.Equal(["a", "b"], completion.Tokens.Select(token => token.Text));
        Assert.Equal([null, -0.5], completion.Tokens.Select(token => token.LogProbability));
        Assert.Equal(["b", "c"], completion.Tokens[1].Candidates.Select(candidate => candidate.Text));
    }

    [Theory]
    [InlineData("llama.cpp", "{}", "", ServerFlavour.LlamaCpp)]
    [InlineData("ik_llama.cpp", "{}", "", ServerFlavour.IkLlama)]
    [InlineData("gdn-harness", "{}", "", ServerFlavour.GdnHarness)]
    [InlineData("uvicorn", """{"data":[{"id":"m","owned_by":"vllm"}]}""", "", ServerFlavour.Vllm)]
    [InlineData("uvicorn", """{"data":[{"id":"m","owned_by":"sglang"}]}""", "", ServerFlavour.Sglang)]
    [InlineData("", """{"data":[{"id":"m","owned_by":"library"}]}""", "", ServerFlavour.Ollama)]
    [InlineData("", "{}", """{"build_info":"b9-abc","total_slots":4}""", ServerFlavour.LlamaCpp)]
    [InlineData("nginx", "{}", "", ServerFlavour.Unknown)]
    public async Task Connect_RecognisesTheServer(string header, string models, string props, ServerFlavour flavour)
    {
        await using RawServer raw = Serving("{}", header, models, props);
        using ICompletionClient server =
            await ClientDiscovery.ConnectAsync(new ClientOptions(raw.Address), null, CancellationToken.None);
        Assert.Equal(flavour, server.Info.Flavour);
    }

    [Fact]
    public async Task Connect_ReadsSlotsContextAndBuild()
    {
        await using RawServer raw = Serving("{}", "llama.cpp", """{"data":[{"id":"tiny"}]}""",
            """{"build_info":"b9-abc","total_slots":4,"default_generation_settings":{"n_ctx":512}}""");
        using ICompletionClient server =
            await ClientDiscovery.ConnectAsync(new ClientOptions(raw.Address), null, CancellationToken.None);
        Assert.Equal(("b9-abc", "tiny", 4, 512), (server.Info.Build, server.Info.Model, server.Info.Slots, server.Info.ContextPerSlot));
    }

    [Fact]
    public async Task Request_CarriesKeyHeadersAndGreedySettings()
    {
        string body = "";
        await using var raw = new RawServer(async (line, sent, output, cancellation) =>
        {
            if (line.StartsWith("POST", StringComparison.Ordinal)) body = sent;
            await output.WriteAsync(RawServer.Answer("""{"content":"a","tokens":[1],"stop":true}"""), cancellation);
        });
        var options = new ClientOptions(raw.Address) { ApiKey = "secret", Headers = [new("X-Team", "blue")] };
        using ICompletionClient server = await ClientDiscovery.ConnectAsync(options, ServerFlavour.LlamaCpp, CancellationToken.None);

        await server.CompleteAsync(Request with { Stream = false }, null, CancellationToken.None);

        Assert.Contains("Authorization: Bearer secret", raw.LastHeaders, StringComparison.Ordinal);
        Assert.Contains("X-Team: blue", raw.LastHeaders, StringComparison.Ordinal);
        JsonElement json = JsonDocument.Parse(body).RootElement;
        Assert.Equal([5, 6, 7], json.GetProperty("prompt").EnumerateArray().Select(id => id.GetInt32()));
        Assert.Equal(0, json.GetProperty("temperature").GetDouble());
        Assert.False(json.GetProperty("cache_prompt").GetBoolean());
        Assert.True(json.GetProperty("ignore_eos").GetBoolean());
    }

    [Fact]
    public async Task Request_TooBusy_IsSentAgain()
    {
        int posts = 0;
        await using var raw = new RawServer(async (line, _, output, cancellation) => await output.WriteAsync(
            line.StartsWith("POST", StringComparison.Ordinal) && posts++ < 3
                ? RawServer.Answer("{}", posts % 2 == 1 ? "503 Service Unavailable" : "429 Too Many Requests")
                : RawServer.Answer("""{"content":"a","tokens":[1],"stop":true}"""), cancellation));
        var options = new ClientOptions(raw.Address) { FirstPause = TimeSpan.FromMilliseconds(1) };
        using ICompletionClient server = await ClientDiscovery.ConnectAsync(options, ServerFlavour.LlamaCpp, CancellationToken.None);

        Completion completion = await server.CompleteAsync(Request with { Stream = false }, null, CancellationToken.None);

        Assert.Equal([1], completion.Tokens.Select(token => token.Id!.Value));
        Assert.Equal(4, posts);
        Assert.Equal(503, completion.RefusedWith);
    }

    [Fact]
    public async Task Connect_UntrustedCertificate_OnlyWhenAskedTo()
    {
        await using var raw = new RawServer(
            async (_, _, output, cancellation) => await output.WriteAsync(
                RawServer.Answer("""{"content":"a","tokens":[1],"stop":true}"""), cancellation),
            secure: true);

        EnvironmentException e = await Assert.ThrowsAsync<EnvironmentException>(
            () => ClientDiscovery.ConnectAsync(new ClientOptions(raw.Address), null, CancellationToken.None));
        Assert.Contains("no secure connection; --insecure accepts any certificate", e.Message, StringComparison.Ordinal);

        using ICompletionClient server = await ClientDiscovery.ConnectAsync(
            new ClientOptions(raw.Address) { AcceptAnyCertificate = true }, ServerFlavour.LlamaCpp, CancellationToken.None);
        Completion completion = await server.CompleteAsync(Request with { Stream = false }, null, CancellationToken.None);
        Assert.Equal([1], completion.Tokens.Select(token => token.Id!.Value));
    }

    [Fact]
    public async Task Connect_NoServer_IsAFailingEnvironment()
    {
        Uri address;
        await using (var raw = new RawServer((_, _, _, _) => Task.CompletedTask)) address = raw.Address;

        EnvironmentException e = await Assert.ThrowsAsync<EnvironmentException>(
            () => ClientDiscovery.ConnectAsync(new ClientOptions(address), null, CancellationToken.None));

        Assert.Contains("check the address", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Request_ServerDies_SaysWhatWasSentLast()
    {
        RawServer? server = null;
        await using RawServer raw = new(async (line, _, output, cancellation) =>
        {
            if (line.StartsWith("POST", StringComparison.Ordinal)) server!.Die();
            else await output.WriteAsync(RawServer.Answer("{}"), cancellation);
        });
        server = raw;

        EnvironmentException e = await Assert.ThrowsAsync<EnvironmentException>(
            () => CompleteAsync(raw, ServerFlavour.LlamaCpp, stream: true));

        Assert.Contains("the server died during POST /completion {\"prompt\":[5,6,7]", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Request_WrongKey_SaysSo()
    {
        await using var raw = new RawServer(async (line, _, output, cancellation) => await output.WriteAsync(
            line.StartsWith("POST", StringComparison.Ordinal) ? RawServer.Answer("{}", "401 Unauthorized") : RawServer.Answer("{}"),
            cancellation));
        EnvironmentException e = await Assert.ThrowsAsync<EnvironmentException>(
            () => CompleteAsync(raw, ServerFlavour.LlamaCpp, stream: false));
        Assert.Contains("give its key with --api-key", e.Message, StringComparison.Ordinal);
    }
}
