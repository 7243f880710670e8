using Gdn.Harness.Clients;
using Gdn.Harness.Clients.Dialects;
using Gdn.Properties.Support;
using Xunit;

namespace Gdn.Properties.Harness.Clients;

/// <summary>Whatever a server sends, the client says in one line what is wrong with it, in time and in little memory.</summary>
[Collection(Alone.Name)]
public sealed class HostileAnswersTests
{
    private const int Answers = 500;
    private const long MemoryMax = 300 << 20;

    private static readonly Prompt Prompt = new([1, 2], "a prompt");

    private const string LlamaStream = """
        data: {"content":"a","tokens":[17],"stop":false,"id_slot":-1,"completion_probabilities":[{"id":17,"token":"a","logprob":-0.25,"top_logprobs":[{"id":17,"token":"a","logprob":-0.25},{"id":3,"token":"c","logprob":-2.5}]}]}

        data: {"content":"","tokens":[],"stop":true,"id_slot":0,"timings":{"cache_n":0,"draft_n":3,"draft_n_accepted":1}}


        """;

    private const string LlamaWhole = """
        {"content":"a","tokens":[17],"stop":true,"id_slot":0,"completion_probabilities":[{"id":17,"token":"a","logprob":-0.25,"top_logprobs":[{"id":3,"token":"c","logprob":-2.5}]}],"timings":{"cache_n":0}}
        """;

    private const string OpenAiStream = """
        data: {"choices":[{"text":"a","token_ids":[17],"logprobs":{"tokens":["token_id:17"],"token_logprobs":[-0.25],"top_logprobs":[{"token_id:17":-0.25,"token_id:3":-2.5}]}}]}

        data: {"choices":[],"usage":{"prompt_tokens":3,"prompt_tokens_details":{"cached_tokens":0}}}

        data: [DONE]


        """;

    private const string OpenAiWhole = """
        {"choices":[{"text":"a","logprobs":{"content":[{"id":17,"token":"a","logprob":-0.25,"top_logprobs":[{"id":3,"token":"c","logprob":-2.5}]}]}}],"usage":{"prompt_tokens_details":{"cached_tokens":0}}}
        """;

    private const string ChatStream = """
        data: {"choices":[{"delta":{"role":"assistant","reasoning_content":"a"},"logprobs":{"content":[{"id":17,"token":"a","logprob":-0.25,"top_logprobs":[{"id":3,"token":"c","logprob":-2.5}]}]}}]}

        data: {"choices":[],"usage":{"prompt_tokens":3,"prompt_tokens_details":{"cached_tokens":0}}}

        data: [DONE]


        """;

    private const string ChatWhole = """
        {"choices":[{"message":{"content":"a","tool_calls":null},"logprobs":{"content":[{"id":17,"token":"a","logprob":-0.25,"top_logprobs":[{"id":3,"token":"c","logprob":-2.5}]}]}}],"usage":{"prompt_tokens_details":{"cached_tokens":0}}}
        """;

    private const string Lines = """
        {"response":"a","done":false,"logprobs":[{"id":17,"token":"a","logprob":-0.25,"top_logprobs":[{"id":3,"token":"c","logprob":-2.5}]}]}
        {"response":"","done":true,"done_reason":"length"}

        """;

    private static readonly (ServerFlavour Flavour, ServerRoute? Route, bool Stream, string Good)[] Good =
    [
        (ServerFlavour.LlamaCpp, null, true, LlamaStream), (ServerFlavour.LlamaCpp, null, false, LlamaWhole),
        (ServerFlavour.Vllm, null, true, OpenAiStream), (ServerFlavour.IkLlama, null, false, OpenAiWhole),
        (ServerFlavour.Unknown, ServerRoute.Chat, true, ChatStream), (ServerFlavour.LlamaCpp, ServerRoute.Chat, false, ChatWhole),
        (ServerFlavour.Ollama, ServerRoute.Generate, true, Lines),
    ];

    public static TheoryData<int> Indices => [.. Enumerable.Range(0, Good.Length)];

    // Ways that no answer survives; the others may hit a place that does not matter.
    private static readonly HostileAnswers.Kind[] AlwaysWrong =
    [
        HostileAnswers.Kind.NotANumber, HostileAnswers.Kind.HugeNumber, HostileAnswers.Kind.EndlessStream,
        HostileAnswers.Kind.SlowDrip, HostileAnswers.Kind.WrongEncoding, HostileAnswers.Kind.LongLine,
        HostileAnswers.Kind.ClosedSocket, HostileAnswers.Kind.DeepNesting, HostileAnswers.Kind.ErrorEvent,
        HostileAnswers.Kind.ErrorStatus, HostileAnswers.Kind.Empty,
    ];

    [Fact]
    public async Task Complete_HostileAnswers_EndInAClearErrorInLittleMemory()
    {
        HostileAnswers.Kind[] kinds = Enum.GetValues<HostileAnswers.Kind>();
        int refused = 0;
        long memory = 0;
        long before = GC.GetTotalMemory(forceFullCollection: true);
        for (int i = 0; i < Answers; i++)
        {
            HostileAnswers.Kind kind = kinds[i % kinds.Length];
            (ServerFlavour flavour, ServerRoute? route, bool stream, string text) = Good[i / kinds.Length % Good.Length];
            string what = $"answer {i}: {kind}, {flavour}, {route}, {(stream ? "streamed" : "whole")}";
            await using var raw = new RawServer(async (line, _, output, cancellation) =>
            {
                if (line.StartsWith("POST", StringComparison.Ordinal))
                    await HostileAnswers.SendAsync(kind, (ulong)i, text, stream, output, cancellation);
                else
                    await output.WriteAsync(RawServer.Answer("{}", "404 Not Found"), cancellation);
            });
            // Only what never ends is cut off by time.
            var options = new ClientOptions(raw.Address)
            {
                Route = route,
                RequestLimit = kind == HostileAnswers.Kind.SlowDrip ? TimeSpan.FromMilliseconds(500) : TimeSpan.FromMinutes(1),
                FirstPause = TimeSpan.FromMinutes(2),
            };
            using ICompletionClient server = await ClientDiscovery.ConnectAsync(options, flavour, CancellationToken.None);
            try
            {
                Completion completion = await server.CompleteAsync(
                    new CompletionRequest(Prompt, 1, Stream: stream), null, CancellationToken.None);
                Assert.False(AlwaysWrong.Contains(kind), $"{what}: taken for an answer");
                Assert.True(completion.Tokens.Count <= 1, what);
            }
            catch (BadAnswerException e)
            {
                refused++;
                Assert.True(e.Message.StartsWith("POST /", StringComparison.Ordinal) && !e.Message.Contains('\n'), $"{what}: {e.Message}");
            }

            // How much garbage may lie about is the machine's choice; what is left without it is ours.
            long held = GC.GetTotalMemory(forceFullCollection: false) - before;
            if (held >= MemoryMax) held = GC.GetTotalMemory(forceFullCollection: true) - before;
            memory = Math.Max(memory, held);
        }

        Assert.True(refused > Answers / 2, $"{refused} of {Answers} refused");
        Assert.True(memory < MemoryMax, $"{memory >> 20} MiB, allowed {MemoryMax >> 20}");
    }

    [Theory]
    [MemberData(nameof(Indices))]
    public async Task Complete_TheAnswersThatHostileOnesAreMadeOf_AreGood(int index)
    {
        (ServerFlavour flavour, ServerRoute? route, bool stream, string text) = Good[index];
        await using var raw = new RawServer(async (line, _, output, cancellation) => await output.WriteAsync(
            !line.StartsWith("POST", StringComparison.Ordinal) ? RawServer.Answer("{}", "404 Not Found")
            : stream ? [.. RawServer.StreamHead, .. System.Text.Encoding.UTF8.GetBytes(text)] : RawServer.Answer(text), cancellation));
        using ICompletionClient server = await ClientDiscovery.ConnectAsync(
            new ClientOptions(raw.Address) { Route = route }, flavour, CancellationToken.None);
        Completion completion = await server.CompleteAsync(
            new CompletionRequest(Prompt, 1, Stream: stream), null, CancellationToken.None);
        Assert.Equal([17], completion.Tokens.Select(token => token.Id!.Value));
        Assert.Equal("a", completion.Text);
    }
}
