using System.Text.Json.Nodes;
using Gdn.Harness.Clients;
using Gdn.Harness.Clients.Dialects;
using Gdn.Harness.Traffic;

namespace Gdn.Harness.Bleed;

/// <summary>What a script sends to each route of servers, and where the text is in what comes back: without log-probabilities.</summary>
internal static class ReproRequest
{
    /// <summary>The body of a request of a round.</summary>
    public static JsonObject Body(LiveRequest request, ServerInfo server)
    {
        if (server.Route == ServerRoute.Generate)
        {
            JsonObject raw = OllamaClient.Body(request.Prompt, request.MaxTokens, stream: true);
            raw["model"] = server.Model;
            return raw;
        }

        var body = new JsonObject { ["stream"] = true };
        if (server.Route == ServerRoute.Chat) ChatForm.Say(body, request.Prompt);
        else body["prompt"] = SharedRoutes.PromptJson(request.Prompt);
        if (server.Route != ServerRoute.Native) body["model"] = server.Model;
        body[server.Route == ServerRoute.Native ? "n_predict" : "max_tokens"] = request.MaxTokens;
        body["temperature"] = 0;
        body["seed"] = 1;
        if (server.Flavour is not (ServerFlavour.Ollama or ServerFlavour.Unknown)) body["ignore_eos"] = true;
        if (HasPromptCache(server))
        {
            body["cache_prompt"] = request.Cache;
            body["samplers"] = new JsonArray("temperature");
        }

        if (server.TakesSlots) body["id_slot"] = request.Slot ?? -1;
        return body;
    }

    /// <summary>What jq makes of the body for the same prompt alone: without the cache, on the slot of solo answers.</summary>
    public static string Alone(ServerInfo server) =>
        (HasPromptCache(server) ? ".cache_prompt = false" : ".") + (server.TakesSlots ? " | .id_slot = 0" : "");

    /// <summary>What jq makes of a part of an answer.</summary>
    public static string TextIn(ServerInfo server) => server.Route switch
    {
        ServerRoute.Native => """.content // "" """,
        ServerRoute.Generate => """(.thinking // "") + (.response // "") """,
        ServerRoute.Chat => """.choices[0].delta | (.reasoning_content // .reasoning // "") + (.content // "") + ([.tool_calls[]?.function | (.name // "") + (.arguments // "")] | add // "") """,
        _ => """.choices[0].text // "" """,
    };

    private static bool HasPromptCache(ServerInfo server) =>
        server.Flavour is ServerFlavour.LlamaCpp or ServerFlavour.IkLlama or ServerFlavour.GdnHarness;
}
