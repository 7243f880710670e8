using System.Text.Json.Nodes;
using Gdn.Harness.Server.Generation;

namespace Gdn.Harness.Server.Http;

/// <summary>llama-server's own form: <c>POST /completion</c>.</summary>
internal sealed class LlamaFormat(CallReader reader, ServingVocabulary vocabulary, string model) : ICompletionFormat
{
    private const string Probabilities = "completion_probabilities";

    /// <inheritdoc/>
    public CompletionCall Read(RequestFields fields) => reader.ReadLlama(fields);

    /// <inheritdoc/>
    public JsonObject Whole(
        CompletionCall call, IReadOnlyList<GeneratedToken> tokens, GenerationSummary summary, StreamedArray? probabilities)
    {
        string content = string.Concat(tokens.Select(token => token.Text)) + summary.Rest;
        JsonObject json = Final(call, content, call.ReturnTokens ? [.. tokens.Select(token => token.Id)] : [], summary);
        if (probabilities is not null) json[Probabilities] = probabilities.Place;
        return json;
    }

    /// <inheritdoc/>
    public JsonObject Probability(GeneratedToken token) => JsonParts.Probability(vocabulary, token);

    /// <inheritdoc/>
    public JsonObject Part(CompletionCall call, GeneratedToken token, int count)
    {
        var json = new JsonObject
        {
            ["index"] = 0,
            ["content"] = token.Text,
            ["tokens"] = JsonParts.Array([token.Id]),
            ["stop"] = false,
            ["id_slot"] = -1,
            ["tokens_predicted"] = count,
            ["tokens_evaluated"] = call.Request.Prompt.Length,
        };
        if (call.Request.Probabilities > 0) json[Probabilities] = new JsonArray(Probability(token));
        if (call.CountsDrafts) json["timings"] = JsonParts.Timings(token, count);
        return json;
    }

    /// <inheritdoc/>
    public IEnumerable<string> Ending(CompletionCall call, GenerationSummary summary) =>
        [JsonParts.Line(Final(call, summary.Rest, [], summary))];

    private JsonObject Final(CompletionCall call, string content, int[] tokens, GenerationSummary summary) => new()
    {
        ["index"] = 0,
        ["content"] = content,
        ["tokens"] = JsonParts.Array(tokens),
        ["id_slot"] = summary.Slot,
        ["stop"] = true,
        ["model"] = model,
        ["tokens_predicted"] = summary.AnswerTokens,
        ["tokens_evaluated"] = call.Request.Prompt.Length,
        ["generation_settings"] = Settings(call),
        ["prompt"] = vocabulary.Decode(call.Request.Prompt),
        ["has_new_line"] = content.Contains('\n', StringComparison.Ordinal),
        ["truncated"] = summary.Truncated,
        ["stop_type"] = summary.Reason switch
        {
            StopReason.End => "eos",
            StopReason.Limit => "limit",
            StopReason.Word => "word",
            _ => "none",
        },
        ["stopping_word"] = summary.StopWord,
        ["tokens_cached"] = summary.TokensOnSlot,
        ["timings"] = JsonParts.Timings(summary),
    };

    private static JsonObject Settings(CompletionCall call)
    {
        GenerationRequest request = call.Request;
        return new JsonObject
        {
            ["n_predict"] = request.MaxTokens == int.MaxValue ? -1 : request.MaxTokens,
            ["temperature"] = request.Temperature,
            ["seed"] = request.Seed,
            ["n_probs"] = request.Probabilities,
            ["ignore_eos"] = request.IgnoreEnd,
            ["cache_prompt"] = request.UseCache,
            ["speculative.n_max"] = request.Drafts,
            ["stream"] = call.Stream,
            ["stop"] = new JsonArray([.. request.StopWords.Select(word => JsonValue.Create(word))]),
        };
    }
}
