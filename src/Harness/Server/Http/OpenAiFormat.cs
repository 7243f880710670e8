using System.Text.Json.Nodes;
using Gdn.Harness.Server.Generation;

namespace Gdn.Harness.Server.Http;

/// <summary>OpenAI's form: <c>POST /v1/completions</c>, with llama-server's token ids and timings added.</summary>
internal sealed class OpenAiFormat(CallReader reader, ServingVocabulary vocabulary, string model, string build) : ICompletionFormat
{
    /// <inheritdoc/>
    public CompletionCall Read(RequestFields fields) => reader.ReadOpenAi(fields);

    /// <inheritdoc/>
    public JsonObject Whole(CompletionCall call, IReadOnlyList<GeneratedToken> tokens, GenerationSummary summary)
    {
        JsonObject json = Event(
            call, string.Concat(tokens.Select(token => token.Text)) + summary.Rest, Probabilities(call, tokens),
            FinishReason(summary));
        json["usage"] = Usage(call, summary);
        json["timings"] = JsonParts.Timings(summary);
        return json;
    }

    /// <inheritdoc/>
    public JsonObject Part(CompletionCall call, GeneratedToken token, int count) =>
        Event(call, token.Text, Probabilities(call, [token]), null);

    /// <inheritdoc/>
    public IEnumerable<string> Ending(CompletionCall call, GenerationSummary summary)
    {
        JsonObject last = Event(call, summary.Rest, null, FinishReason(summary));
        last["timings"] = JsonParts.Timings(summary);
        yield return JsonParts.Line(last);
        if (call.IncludeUsage)
        {
            JsonObject usage = Event(call, "", null, null);
            usage["choices"] = new JsonArray();
            usage["usage"] = Usage(call, summary);
            yield return JsonParts.Line(usage);
        }

        yield return "[DONE]";
    }

    private JsonObject Event(CompletionCall call, string text, JsonObject? probabilities, string? finishReason) => new()
    {
        ["id"] = call.Id,
        ["object"] = "text_completion",
        ["created"] = DateTimeOffset.UtcNow.ToUnixTimeSeconds(),
        ["model"] = model,
        ["system_fingerprint"] = build,
        ["choices"] = new JsonArray(new JsonObject
        {
            ["index"] = 0,
            ["text"] = text,
            ["logprobs"] = probabilities,
            ["finish_reason"] = finishReason,
        }),
    };

    private JsonObject? Probabilities(CompletionCall call, IReadOnlyList<GeneratedToken> tokens) => call.Request.Probabilities == 0
        ? null
        : new JsonObject
        {
            ["content"] = new JsonArray([.. tokens.Select(token => JsonParts.Probability(vocabulary, token))]),
        };

    private static string FinishReason(GenerationSummary summary) => summary.Reason == StopReason.Limit ? "length" : "stop";

    private static JsonObject Usage(CompletionCall call, GenerationSummary summary) => new()
    {
        ["prompt_tokens"] = call.Request.Prompt.Length,
        ["completion_tokens"] = summary.AnswerTokens,
        ["total_tokens"] = call.Request.Prompt.Length + summary.AnswerTokens,
        ["prompt_tokens_details"] = new JsonObject { ["cached_tokens"] = summary.CachedTokens },
    };
}
