using System.Net;
using System.Text.Json;
using System.Text.Json.Nodes;
using Gdn.Harness.Engines;
using Gdn.Harness.Models;
using Gdn.Harness.Server;
using Xunit;

namespace Gdn.Properties.Harness.Server;

/// <summary>The chat route: the messages' texts, a line each, are the prompt.</summary>
public sealed class ChatApiTests : IAsyncLifetime
{
    private static readonly JsonObject[] Messages =
    [
        new() { ["role"] = "system", ["content"] = "be brief" },
        new() { ["role"] = "assistant", ["content"] = null, ["tool_calls"] = new JsonArray() },
        new() { ["role"] = "user", ["content"] = new JsonArray(new JsonObject { ["type"] = "text", ["text"] = "to be or" }) },
    ];

    private Running _server = null!;

    public async ValueTask InitializeAsync() => _server = await Running.Start(
        new ServeOptions(2), EngineCatalog.Parse("cpu"), LoadedModel.Load(ShippedModel.Name));

    public async ValueTask DisposeAsync() => await _server.DisposeAsync();

    private static JsonObject Request() => new()
    {
        ["messages"] = new JsonArray([.. Messages.Select(message => message.DeepClone())]),
        ["max_tokens"] = 4,
        ["temperature"] = 0,
        ["ignore_eos"] = true,
        ["logprobs"] = true,
        ["top_logprobs"] = 3,
        ["cache_prompt"] = false,
    };

    [Fact]
    public async Task Whole_AnswersWhatTheLinesAreAnsweredAsAPrompt()
    {
        JsonObject plain = Completions.Greedy([], 4);
        plain["prompt"] = "be brief\n\nto be or";
        JsonElement expected = (await _server.Post("/completion", plain)).Body;

        Running.Reply reply = await _server.Post("/v1/chat/completions", Request());

        Assert.Equal(HttpStatusCode.OK, reply.Status);
        Assert.Equal("chat.completion", reply.Body.GetProperty("object").GetString());
        JsonElement choice = reply.Body.GetProperty("choices")[0];
        Assert.Equal("assistant", choice.GetProperty("message").GetProperty("role").GetString());
        Assert.Equal(
            expected.GetProperty("content").GetString(), choice.GetProperty("message").GetProperty("content").GetString());
        Assert.Equal(
            expected.GetProperty("completion_probabilities").GetRawText(),
            choice.GetProperty("logprobs").GetProperty("content").GetRawText());
        Assert.Equal("length", choice.GetProperty("finish_reason").GetString());
    }

    [Fact]
    public async Task Stream_HasTheTextInDeltas()
    {
        JsonElement whole = (await _server.Post("/v1/chat/completions", Request())).Body;
        using EventStream stream = await _server.Open("/v1/chat/completions", Request());
        List<string> events = await stream.Rest();

        Assert.Equal("[DONE]", events[^1]);
        JsonElement[] choices = [.. events[..^1].Select(data => JsonDocument.Parse(data).RootElement.GetProperty("choices")[0])];
        JsonElement[] deltas = [.. choices.Select(choice => choice.GetProperty("delta"))];
        Assert.Equal("assistant", deltas[0].GetProperty("role").GetString());
        Assert.Equal(
            whole.GetProperty("choices")[0].GetProperty("message").GetProperty("content").GetString(),
            string.Concat(deltas.Select(delta => delta.TryGetProperty("content", out JsonElement text) ? text.GetString() : "")));
        Assert.Equal("length", choices[^1].GetProperty("finish_reason").GetString());
    }
}
