using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using Gdn.Harness.Clients.Http;

namespace Gdn.Harness.Clients.Dialects;

/// <summary>What both dialects share.</summary>
internal static class SharedRoutes
{
    // Prometheus counters of llama.cpp and vLLM.
    private static readonly string[] DraftCounters =
        ["llamacpp:spec_decode_num_draft_tokens_total", "vllm:spec_decode_num_draft_tokens_total"];

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
        };
    }

    /// <summary>The tokens of a text, or null where the server does not report them.</summary>
    public static async Task<IReadOnlyList<int>?> TokenizeAsync(
        ServerConnection connection, JsonObject body, CancellationToken cancellation)
    {
        try
        {
            return await connection.SendAsync<IReadOnlyList<int>>(connection.Address.Own("/tokenize"), body, async (answer, token) =>
            {
                AnswerJson json = await answer.JsonAsync(token);
                return [.. json.Required("tokens").Items().Select(id => id.Int32())];
            }, cancellation);
        }
        catch (BadAnswerException)
        {
            return null;
        }
    }

    /// <summary>The server's count of drafted tokens, or null where it does not report it.</summary>
    public static async Task<long?> DraftedAsync(ServerConnection connection, CancellationToken cancellation)
    {
        try
        {
            return await connection.SendAsync(
                connection.Address.Own("/metrics"), null,
                async (answer, token) => Drafted(Encoding.UTF8.GetString((await answer.Reader.ReadToEndAsync(token)).Span)),
                cancellation);
        }
        catch (BadAnswerException)
        {
            return null;
        }
    }

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

    // Lines "name{labels} value"; one per engine or model.
    private static long? Drafted(string metrics)
    {
        long? sum = null;
        foreach (string line in metrics.Split('\n'))
        {
            if (!DraftCounters.Any(name => line.StartsWith(name, StringComparison.Ordinal) && line.Length > name.Length
                    && line[name.Length] is '{' or ' '))
                continue;
            if (double.TryParse(line[(line.LastIndexOf(' ') + 1)..], CultureInfo.InvariantCulture, out double value)
                && value is >= 0 and < long.MaxValue)
                sum = (sum ?? 0) + (long)value;
        }

        return sum;
    }
}
