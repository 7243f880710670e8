using System.Net;
using Gdn.Harness.Clients.Http;
using Gdn.Reference;

namespace Gdn.Harness.Clients.Dialects;

/// <summary>Makes the client for a route; of a server that is not known, the first route that it answers.</summary>
internal static class RouteChoice
{
    private static readonly CompletionRequest Trial =
        new(new Prompt(Text: "1"), MaxTokens: 1, Stream: false, Candidates: 0, Purpose: "trial");

    // The route does not exist, or the model is not for it.
    private static readonly HttpStatusCode[] Refusals =
    [
        HttpStatusCode.BadRequest, HttpStatusCode.NotFound, HttpStatusCode.MethodNotAllowed,
        HttpStatusCode.UnprocessableEntity, HttpStatusCode.NotImplemented,
    ];

    /// <summary>Chooses the route.</summary>
    /// <param name="connection">The connection.</param>
    /// <param name="info">What is known of the server.</param>
    /// <param name="given">The route that the user named, or null.</param>
    /// <param name="cancellation">Ends it.</param>
    /// <exception cref="InputException">The server has none.</exception>
    public static async Task<ICompletionClient> ConnectAsync(
        ServerConnection connection, ServerInfo info, ServerRoute? given, CancellationToken cancellation)
    {
        if ((given ?? KnownRoute(info.Flavour)) is { } route) return Client(connection, info, route);
        var refusals = new List<string>();
        foreach (ServerRoute tried in (ServerRoute[])[ServerRoute.Completions, ServerRoute.Chat, ServerRoute.Generate])
        {
            try
            {
                await Client(connection, info, tried).CompleteAsync(Trial, null, cancellation);
                return Client(connection, info, tried);
            }
            catch (BadAnswerException e) when (e.Status is { } status && Refusals.Contains((HttpStatusCode)status))
            {
                refusals.Add(e.Message);
            }
            catch (BadAnswerException)
            {
                // The route exists; what is wrong with its answers is for the rounds to say.
                return Client(connection, info, tried);
            }
        }

        throw new InputException(
            info.Address.ToString(),
            $"this server has no /v1/completions and no /v1/chat/completions ({string.Join("; ", refusals.Take(2))})",
            "one of them is needed, or llama-server's /completion or ollama's /api/generate; check the address, "
            + "or name the route with --route and the model with --served-model");
    }

    private static ServerRoute? KnownRoute(ServerFlavour flavour) => flavour switch
    {
        ServerFlavour.LlamaCpp or ServerFlavour.GdnHarness => ServerRoute.Native,
        ServerFlavour.IkLlama or ServerFlavour.Vllm or ServerFlavour.Sglang => ServerRoute.Completions,
        _ => null,
    };

    private static ICompletionClient Client(ServerConnection connection, ServerInfo info, ServerRoute route)
    {
        ServerAddress address = connection.Address;
        ServerInfo On(string path) => info with { Route = route, Path = path };
        return route switch
        {
            ServerRoute.Native => new LlamaClient(connection, On(address.Own("/completion"))),
            ServerRoute.Completions => new OpenAiClient(connection, On(address.OpenAi("/completions")), new CompletionForm()),
            ServerRoute.Chat => new OpenAiClient(connection, On(address.OpenAi("/chat/completions")), new ChatForm()),
            _ => new OllamaClient(connection, On(address.Own("/api/generate"))),
        };
    }
}
