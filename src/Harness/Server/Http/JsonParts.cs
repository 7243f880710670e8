using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using Gdn.Harness.Metrics;
using Gdn.Harness.Server.Generation;

namespace Gdn.Harness.Server.Http;

/// <summary>Parts of answers that several forms share.</summary>
internal static class JsonParts
{
    private static readonly JsonSerializerOptions Options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>JSON on one line.</summary>
    public static string Line(JsonNode json) => json.ToJsonString(Options);

    /// <summary>A token with its log-probability, and the likeliest ones in its place.</summary>
    public static JsonObject Probability(ServingVocabulary vocabulary, GeneratedToken token)
    {
        JsonObject json = Scored(vocabulary, new ScoredToken(token.Id, token.LogProbability!.Value));
        json["top_logprobs"] = new JsonArray([.. token.Top.Select(top => Scored(vocabulary, top))]);
        return json;
    }

    /// <summary>What was read, cached, answered and drafted, and how long it took.</summary>
    public static JsonObject Timings(GenerationSummary summary)
    {
        var json = new JsonObject { ["cache_n"] = summary.CachedTokens };
        AddRate(json, "prompt", summary.PromptTokens, summary.PromptTime);
        AddRate(json, "predicted", summary.AnswerTokens, summary.AnswerTime);
        if (summary.Drafted == 0) return json;
        json["draft_n"] = summary.Drafted;
        json["draft_n_accepted"] = summary.Accepted;
        return json;
    }

    /// <summary>What was answered and drafted up to a token.</summary>
    public static JsonObject Timings(GeneratedToken token, int count) => new()
    {
        ["predicted_n"] = count,
        ["draft_n"] = token.Drafted,
        ["draft_n_accepted"] = token.Accepted,
    };

    /// <summary>The body of an error.</summary>
    public static JsonObject Error(ApiException error)
    {
        var json = new JsonObject { ["code"] = error.Status, ["message"] = error.Message, ["type"] = error.Type };
        foreach ((string name, int number) in error.Details) json[name] = number;
        return new JsonObject { ["error"] = json };
    }

    /// <summary>Numbers as JSON.</summary>
    public static JsonArray Array(IEnumerable<int> numbers) => new([.. numbers.Select(number => JsonValue.Create(number))]);

    private static JsonObject Scored(ServingVocabulary vocabulary, ScoredToken token) => new()
    {
        ["id"] = token.Id,
        ["token"] = vocabulary.Text(token.Id),
        ["bytes"] = Array(vocabulary.Bytes(token.Id).ToArray().Select(b => (int)b)),
        ["logprob"] = Number(token.LogProbability),
    };

    // JSON has no infinity, for which llama-server writes the lowest float; and no NaN, which a broken engine returns.
    private static JsonValue? Number(double value) =>
        double.IsNaN(value) ? null : JsonValue.Create(Math.Clamp(value, float.MinValue, float.MaxValue));

    private static void AddRate(JsonObject json, string name, int tokens, TimeSpan time)
    {
        double perToken = tokens > 0 ? time.TotalMilliseconds / tokens : 0;
        json[$"{name}_n"] = tokens;
        json[$"{name}_ms"] = time.TotalMilliseconds;
        json[$"{name}_per_token_ms"] = perToken;
        json[$"{name}_per_second"] = perToken > 0 ? 1000 / perToken : 0;
    }
}
