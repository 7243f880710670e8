using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using Gdn.Harness.Clients.Http;

namespace Gdn.Harness.Clients.Dialects;

/// <summary>What both dialects share.</summary>
internal static class SharedRoutes
{
    // Prometheus counters of llama.cpp and vLLM.
    private const string Counter = "spec_decode_num_";

    private static readonly string[] CounterOwners = ["llamacpp:", "vllm:"];

    // Longer drafts are not made.
    private const int MostPlaces = 64;

    /// <summary>The prompt as a field.</summary>
    public static JsonNode PromptJson(Prompt prompt) => prompt.Tokens is { } tokens
        ? new JsonArray([.. tokens.Select(token => JsonValue.Create(token))])
        : JsonValue.Create(prompt.Text)!;

    /// <summary>The counters of an answer: llama.cpp's <c>timings</c>, else OpenAI's <c>usage</c>.</summary>
    public static CompletionCounters Counters(AnswerJson answer)
    {
        AnswerJson? timings = answer["timings"], usage = answer["usage"];
        return new CompletionCounters(
            timings?["cache_n"]?.Int32() ?? usage?["prompt_tokens_details"]?["cached_tokens"]?.Int32(),
            timings?["draft_n"]?.Int32(), timings?["draft_n_accepted"]?.Int32())
        {
            Prompt = usage?["prompt_tokens"]?.Int32(),
            Answer = usage?["completion_tokens"]?.Int32(),
        };
    }

    /// <summary>The tokens of a text, or null where the server does not report them.</summary>
    public static Task<IReadOnlyList<int>?> TokenizeAsync(
        ServerConnection connection, JsonObject body, CancellationToken cancellation) =>
        UnlessRefusedAsync(connection.SendAsync<IReadOnlyList<int>>(connection.Address.Own("/tokenize"), body, async (answer, token) =>
        {
            AnswerJson json = await answer.JsonAsync(token);
            return [.. json.Required("tokens").Items().Select(id => id.Int32())];
        }, cancellation));

    /// <summary>An answer, or null where the server refuses, since not every server has every route.</summary>
    public static async Task<T?> UnlessRefusedAsync<T>(Task<T> answer)
        where T : class?
    {
        try
        {
            return await answer;
        }
        catch (BadAnswerException)
        {
            return null;
        }
    }

    /// <summary>Adds what a request says of drafts, in llama-server's words.</summary>
    public static void AddSpeculation(JsonObject body, CompletionRequest request)
    {
        if (request.Drafts is { } drafts) body["speculative.n_max"] = drafts;
        if (request.TellsRounds) body["timings_per_token"] = true;
    }

    /// <summary>What the server has drafted, or null where it does not report it.</summary>
    public static Task<SpeculationTotals?> SpeculationAsync(ServerConnection connection, CancellationToken cancellation) =>
        UnlessRefusedAsync(connection.SendAsync(
            connection.Address.Own("/metrics"), null,
            async (answer, token) => Speculation(Encoding.UTF8.GetString((await answer.Reader.ReadToEndAsync(token)).Span)),
            cancellation));

    /// <summary>llama-server's actions on slots.</summary>
    /// <exception cref="BadAnswerException">The server does not offer it, or refused.</exception>
    public static Task SlotAsync(
        ServerConnection connection, SlotAction action, int slot, string? file, CancellationToken cancellation)
    {
        string name = action switch
        {
            SlotAction.Save => "save",
            SlotAction.Restore => "restore",
            _ => "erase",
        };
        return connection.SendAsync(
            connection.Address.Own(string.Create(CultureInfo.InvariantCulture, $"/slots/{slot}?action={name}")),
            new JsonObject { ["filename"] = file }, async (answer, token) => await answer.JsonAsync(token), cancellation);
    }

    private static SpeculationTotals? Speculation(string metrics)
    {
        var sums = new Dictionary<string, long>();
        var byPlace = new SortedDictionary<int, long>();
        // Lines "name{labels} value"; one per engine or model.
        foreach (string line in metrics.Split('\n'))
        {
            string? owner = CounterOwners.FirstOrDefault(owner => line.StartsWith(owner + Counter, StringComparison.Ordinal));
            int end = line.AsSpan().IndexOfAny('{', ' ');
            if (owner is null || end < 0
                || !double.TryParse(line[(line.LastIndexOf(' ') + 1)..], CultureInfo.InvariantCulture, out double value)
                || value is not (>= 0 and < long.MaxValue))
                continue;
            string name = line[(owner.Length + Counter.Length)..end];
            sums[name] = sums.GetValueOrDefault(name) + (long)value;
            if (name == "accepted_tokens_per_pos_total" && PlaceOf(line) is { } place)
                byPlace[place] = byPlace.GetValueOrDefault(place) + (long)value;
        }

        return sums.TryGetValue("draft_tokens_total", out long drafted)
            ? new SpeculationTotals(
                Of("drafts_total"), drafted, Of("accepted_tokens_total"),
                [.. Enumerable.Range(0, byPlace.Count == 0 ? 0 : byPlace.Last().Key + 1).Select(place => byPlace.GetValueOrDefault(place))])
            : null;

        long? Of(string name) => sums.TryGetValue(name, out long value) ? value : null;
    }

    private static int? PlaceOf(string line)
    {
        const string Label = "position=\"";
        int start = line.IndexOf(Label, StringComparison.Ordinal);
        if (start < 0) return null;
        string rest = line[(start + Label.Length)..];
        return int.TryParse(rest[..Math.Max(0, rest.IndexOf('"', StringComparison.Ordinal))], NumberStyles.None, CultureInfo.InvariantCulture, out int place)
            && place < MostPlaces ? place : null;
    }
}
