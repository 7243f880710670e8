using System.Text.Json.Nodes;
using Gdn.Harness.Clients;
using Gdn.Harness.Clients.Dialects;
using Gdn.Harness.Traffic;

namespace Gdn.Harness.Bleed;

/// <summary>A request of a round as curl sends it, and where its answer has its text.</summary>
internal static class ReproRequest
{
    /// <summary>The body, for the route on which the server was asked. The answer comes whole, and without log-probabilities.</summary>
    public static JsonObject Body(LiveRequest request, ServerInfo server)
    {
        JsonObject body = server.Route switch
        {
            ServerRoute.Native => new() { ["prompt"] = SharedRoutes.PromptJson(request.Prompt), ["n_predict"] = request.MaxTokens },
            ServerRoute.Chat => new() { ["messages"] = ChatForm.Messages(request.Prompt), ["max_tokens"] = request.MaxTokens },
            ServerRoute.Generate => OllamaClient.Body(request.Prompt, request.MaxTokens, stream: false),
            _ => new() { ["prompt"] = SharedRoutes.PromptJson(request.Prompt), ["max_tokens"] = request.MaxTokens },
        };
        if (server.Route != ServerRoute.Native) body["model"] = server.Model;
        if (server.Route == ServerRoute.Generate) return body;
        body["temperature"] = 0;
        body["seed"] = 1;
        body["ignore_eos"] = true;
        body["cache_prompt"] = request.Cache;
        return body;
    }

    /// <summary>The filter of jq that takes the text out of an answer.</summary>
    public static string Text(ServerRoute route) => route switch
    {
        ServerRoute.Native => ".content",
        ServerRoute.Chat => ".choices[0].message | [.reasoning_content // .reasoning, .content] | map(. // \"\") | add",
        ServerRoute.Generate => "[.thinking, .response] | map(. // \"\") | add",
        _ => ".choices[0].text",
    };
}
