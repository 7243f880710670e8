using System.Text.Json;
using System.Text.Json.Nodes;

namespace Gdn.Properties.Harness.Server;

/// <summary>Requests for completions, and what their answers hold.</summary>
internal static class Completions
{
    /// <summary>A greedy request by token ids that reports log-probabilities.</summary>
    public static JsonObject Greedy(IEnumerable<int> prompt, int tokens, bool cache = false) => new()
    {
        ["prompt"] = new JsonArray([.. prompt.Select(id => JsonValue.Create(id))]),
        ["n_predict"] = tokens,
        ["temperature"] = 0,
        ["n_probs"] = 3,
        ["ignore_eos"] = true,
        ["return_tokens"] = true,
        ["cache_prompt"] = cache,
    };

    /// <summary>A prompt of random tokens.</summary>
    public static int[] Prompt(int seed, int length)
    {
        var random = new Random(seed);
        return [.. Enumerable.Range(0, length).Select(_ => random.Next(250))];
    }

    /// <summary>Token ids of an answer.</summary>
    public static int[] Tokens(JsonElement answer) =>
        [.. answer.GetProperty("tokens").EnumerateArray().Select(token => token.GetInt32())];

    /// <summary>All log-probabilities of an answer, those of the likeliest tokens too, as the text that was sent.</summary>
    public static string[] LogProbabilities(JsonElement answer) =>
        [.. answer.GetProperty("completion_probabilities").EnumerateArray().SelectMany(
            token => (IEnumerable<string>)[Text(token), .. token.GetProperty("top_logprobs").EnumerateArray().Select(Text)])];

    /// <summary>A counter of an answer.</summary>
    public static int Timing(JsonElement answer, string name) => answer.GetProperty("timings").GetProperty(name).GetInt32();

    private static string Text(JsonElement token) => $"{token.GetProperty("id")} {token.GetProperty("logprob").GetRawText()}";
}
