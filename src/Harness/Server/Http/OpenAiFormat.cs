using System.Text.Json.Nodes;
using Gdn.Harness.Server.Generation;

namespace Gdn.Harness.Server.Http;

/// <summary>OpenAI's forms, with llama-server's token ids and timings added.</summary>
internal abstract class OpenAiFormat(ServingVocabulary vocabulary, string model, string build) : ICompletionFormat
{
    /// <summary>A text as a route sends it.</summary>
    /// <param name="Object">What the answer calls itself.</param>
    /// <param name="Field">The field of a choice.</param>
    /// <param name="Value">Its value.</param>
    protected readonly record struct Wrapped(string Object, string Field, JsonNode Value);

    /// <inheritdoc/>
    public abstract CompletionCall Read(RequestFields fields);

    /// <summary>The text of a whole answer.</summary>
    protected abstract Wrapped WholeText(string text);

    /// <summary>The text of a part of an answer.</summary>
    /// <param name="text">The text, which may be empty.</param>
    /// <param name="isFirst">Whether it is the first part.</param>
    protected abstract Wrapped PartText(string text, bool isFirst);

    /// <inheritdoc/>
    public JsonObject Whole(
        CompletionCall call, IReadOnlyList<GeneratedToken> tokens, GenerationSummary summary, StreamedArray? probabilities)
    {
        JsonObject json = Event(
            call, WholeText(string.Concat(tokens.Select(token => token.Text)) + summary.Rest), Wrap(probabilities?.Place),
            FinishReason(summary));
        json["usage"] = Usage(call, summary);
        json["timings"] = JsonParts.Timings(summary);
        return json;
    }

    /// <inheritdoc/>
    public JsonObject Part(CompletionCall call, GeneratedToken token, int count)
    {
        JsonObject json = Event(
            call, PartText(token.Text, isFirst: count == 1),
            Wrap(call.Request.Probabilities > 0 ? new JsonArray(Probability(token)) : null), null);
        if (call.CountsDrafts) json["timings"] = JsonParts.Timings(token, count);
        return json;
    }

    /// <inheritdoc/>
    public JsonObject Probability(GeneratedToken token) => JsonParts.Probability(vocabulary, token);

    /// <inheritdoc/>
    public IEnumerable<string> Ending(CompletionCall call, GenerationSummary summary)
    {
        JsonObject last = Event(call, PartText(summary.Rest, isFirst: false), null, FinishReason(summary));
        last["timings"] = JsonParts.Timings(summary);
        yield return JsonParts.Line(last);
        if (call.IncludeUsage)
        {
            JsonObject usage = Event(call, PartText("", isFirst: false), null, null);
            usage["choices"] = new JsonArray();
            usage["usage"] = Usage(call, summary);
            yield return JsonParts.Line(usage);
        }

        yield return "[DONE]";
    }

    private JsonObject Event(CompletionCall call, Wrapped text, JsonObject? probabilities, string? finishReason) => new()
    {
        ["id"] = call.Id,
        ["object"] = text.Object,
        ["created"] = DateTimeOffset.UtcNow.ToUnixTimeSeconds(),
        ["model"] = model,
        ["system_fingerprint"] = build,
        ["choices"] = new JsonArray(new JsonObject
        {
            ["index"] = 0,
            [text.Field] = text.Value,
            ["logprobs"] = probabilities,
            ["finish_reason"] = finishReason,
        }),
    };

    private static JsonObject? Wrap(JsonNode? probabilities) =>
        probabilities is null ? null : new JsonObject { ["content"] = probabilities };

    private static string FinishReason(GenerationSummary summary) => summary.Reason == StopReason.Limit ? "length" : "stop";

    private static JsonObject Usage(CompletionCall call, GenerationSummary summary) => new()
    {
        ["prompt_tokens"] = call.Request.Prompt.Length,
        ["completion_tokens"] = summary.AnswerTokens,
        ["total_tokens"] = call.Request.Prompt.Length + summary.AnswerTokens,
        ["prompt_tokens_details"] = new JsonObject { ["cached_tokens"] = summary.CachedTokens },
    };
}
