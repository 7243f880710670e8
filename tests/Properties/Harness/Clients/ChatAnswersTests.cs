using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Gdn.Harness.Clients;
using Gdn.Harness.Clients.Dialects;
using Gdn.Reference;
using Xunit;

namespace Gdn.Properties.Harness.Clients;

/// <summary>What chat servers are sent, and what is made of their answers: thoughts and words are one text.</summary>
public sealed class ChatAnswersTests
{
    private static readonly CompletionRequest Request = new(new Prompt(Text: "hello"), 4);

    private static async Task<(Completion Completion, string Body)> AskAsync(string answer, CompletionRequest request)
    {
        string body = "";
        await using var raw = new RawServer(async (line, sent, output, cancellation) =>
        {
            if (line.StartsWith("POST", StringComparison.Ordinal)) body = sent;
            await output.WriteAsync(
                !line.StartsWith("POST", StringComparison.Ordinal) ? RawServer.Answer("{}", "404 Not Found")
                : request.Stream ? [.. RawServer.StreamHead, .. Encoding.UTF8.GetBytes(answer)] : RawServer.Answer(answer),
                cancellation);
        });
        using ICompletionClient server = await ClientDiscovery.ConnectAsync(
            new ClientOptions(raw.Address) { Route = ServerRoute.Chat }, ServerFlavour.Unknown, CancellationToken.None);
        return (await server.CompleteAsync(request, null, CancellationToken.None), body);
    }

    [Theory]
    [InlineData("reasoning_content")]
    [InlineData("reasoning")]
    public async Task Streamed_ThoughtsAndContent_AreOneText(string name)
    {
        (Completion completion, _) = await AskAsync(
            $$$"""
            data: {"choices":[{"delta":{"role":"assistant","content":null}}]}

            data: {"choices":[{"delta":{"{{{name}}}":"I thi"}}]}

            data: {"choices":[{"delta":{"{{{name}}}":"nk. "}}]}

            data: {"choices":[{"delta":{"content":"So I say"}}]}

            data: {"choices":[{"delta":{},"finish_reason":"length"}]}

            """, Request);
        Assert.Equal("I think. So I say", completion.Text);
        // Nothing but text: cut into words, however it came.
        Assert.Equal(["I", " think.", " So", " I", " say"], completion.Tokens.Select(token => token.Text));
    }

    [Fact]
    public async Task Streamed_ArgumentsOfACall_ArePartOfTheText()
    {
        (Completion completion, _) = await AskAsync(
            """
            data: {"choices":[{"delta":{"role":"assistant","content":null,"tool_calls":[{"index":0,"id":"x","type":"function","function":{"name":"report","arguments":""}}]}}]}

            data: {"choices":[{"delta":{"tool_calls":[{"index":0,"function":{"arguments":"{\"codeword\":\"lig"}}]}}]}

            data: {"choices":[{"delta":{"tool_calls":[{"index":0,"function":{"arguments":"abile\"}"}}]},"finish_reason":"tool_calls"}]}

            """, Request);
        Assert.Equal("""report{"codeword":"ligabile"}""", completion.Text);
    }

    [Fact]
    public async Task Asked_WithATool_OffersItAndNothingOtherwise()
    {
        const string Answer = """{"choices":[{"message":{"content":"a"}}]}""";
        (_, string with) = await AskAsync(
            Answer, Request with { Prompt = new Prompt(Text: "hello") { OffersTool = true }, Stream = false });
        (_, string without) = await AskAsync(Answer, Request with { Stream = false });
        JsonNode tool = Assert.Single(JsonNode.Parse(with)!["tools"]!.AsArray())!;
        Assert.Equal("function", tool["type"]!.GetValue<string>());
        Assert.Equal("word", Assert.Single(tool["function"]!["parameters"]!["required"]!.AsArray())!.GetValue<string>());
        Assert.Null(JsonNode.Parse(without)!["tools"]);
    }

    [Fact]
    public async Task Whole_BothNamesOfOneThought_CountOnce()
    {
        (Completion completion, _) = await AskAsync(
            """{"choices":[{"message":{"reasoning":"a ","reasoning_content":"a ","content":"b"}}]}""", Request with { Stream = false });
        Assert.Equal("a b", completion.Text);
    }

    [Fact]
    public async Task Streamed_LogProbabilities_AreRead()
    {
        (Completion completion, string body) = await AskAsync(
            """
            data: {"choices":[{"delta":{"content":"a b"},"logprobs":{"content":[{"token":"a","logprob":-0.5,"top_logprobs":[{"token":"a","logprob":-0.5},{"token":"c","logprob":-1.5}]},{"token":" b","logprob":-0.25,"top_logprobs":[]}]}}]}

            data: [DONE]

            """, Request);
        Assert.Equal([-0.5, -0.25], completion.Tokens.Select(token => token.LogProbability));
        Assert.Equal(["a", "c"], completion.Tokens[0].Candidates.Select(candidate => candidate.Text));
        JsonNode sent = JsonNode.Parse(body)!;
        Assert.True(sent["logprobs"]!.GetValue<bool>());
        Assert.Equal(20, sent["top_logprobs"]!.GetValue<int>());
        Assert.Equal("""[{"role":"user","content":"hello"}]""", sent["messages"]!.ToJsonString());
    }

    /// <summary>Thoughts come without log-probabilities on some servers, in parts as the network has it.</summary>
    [Fact]
    public async Task Streamed_LogProbabilitiesOfContentOnly_LeaveWordsOfTheThoughts()
    {
        (Completion completion, _) = await AskAsync(
            """
            data: {"choices":[{"delta":{"reasoning_content":"I thi"}}]}

            data: {"choices":[{"delta":{"reasoning_content":"nk"}}]}

            data: {"choices":[{"delta":{"content":"a"},"logprobs":{"content":[{"token":"a","logprob":-0.5,"top_logprobs":[]}]}}]}

            data: [DONE]

            """, Request);
        Assert.Equal(["I", " think", "a"], completion.Tokens.Select(token => token.Text));
        Assert.Equal(-0.5, completion.Tokens[^1].LogProbability);
    }

    [Fact]
    public async Task Request_WithoutCandidates_AsksForNoLogProbabilities()
    {
        (_, string body) = await AskAsync(
            """{"choices":[{"message":{"content":"b"}}]}""", Request with { Stream = false, Candidates = 0 });
        Assert.False(JsonDocument.Parse(body).RootElement.TryGetProperty("logprobs", out _));
    }

    [Fact]
    public async Task Request_TokenIds_AreRefused()
    {
        InputException e = await Assert.ThrowsAsync<InputException>(() => AskAsync("{}", Request with { Prompt = new Prompt([1]) }));
        Assert.Contains("this route of the server takes text", e.Message, StringComparison.Ordinal);
    }
}
