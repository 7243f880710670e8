using Gdn.Harness.Clients.Http;
using Gdn.Reference;

namespace Gdn.Harness.Clients.Dialects;

/// <summary>Finds out which server it is, and which dialect it speaks.</summary>
public static class ClientDiscovery
{
    private const int PropertiesShown = 8000;

    /// <summary>Connects to a server; one that is still loading its model is waited for.</summary>
    /// <param name="options">Where it is.</param>
    /// <param name="flavour">Which server it is; null to find out.</param>
    /// <exception cref="EnvironmentException">It cannot be reached.</exception>
    public static async Task<ICompletionClient> ConnectAsync(
        ClientOptions options, ServerFlavour? flavour, CancellationToken cancellation)
    {
        var connection = new ServerConnection(options);
        try
        {
            ServerInfo info = await AskAsync(connection, flavour, cancellation);
            return info.Flavour is ServerFlavour.LlamaCpp or ServerFlavour.GdnHarness
                ? new LlamaClient(connection, info)
                : new OpenAiClient(connection, info);
        }
        catch (BadAnswerException e)
        {
            connection.Dispose();
            throw new EnvironmentException(
                options.Address.ToString(), $"it is not a completion server ({e.Message})",
                "check the address, or name its kind with --flavour", e);
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    }

    private static async Task<ServerInfo> AskAsync(
        ServerConnection connection, ServerFlavour? given, CancellationToken cancellation)
    {
        (AnswerJson? models, string? server) = await connection.TryGetAsync("/v1/models", cancellation);
        (AnswerJson? properties, string? propertiesServer) = await connection.TryGetAsync("/props", cancellation);
        (AnswerJson? version, _) = await connection.TryGetAsync("/version", cancellation);
        AnswerJson? model = models?["data"]?.Items() is [var first, ..] ? first : null;

        ServerFlavour flavour = given ?? Recognise(server ?? propertiesServer, model?["owned_by"]?.Text(), properties);
        AnswerJson? settings = properties?["default_generation_settings"];
        return new ServerInfo(
            connection.Address, flavour,
            Build: properties?["build_info"]?.Text()
                ?? (version?["version"] is { } v ? v.Json.Trim('"') : null),
            Model: model?["id"]?.Text() ?? properties?["model_path"]?.Text(),
            Slots: properties?["total_slots"]?.Int32(),
            ContextPerSlot: settings?["n_ctx"]?.Int32() ?? properties?["n_ctx"]?.Int32() ?? model?["max_model_len"]?.Int32(),
            Properties: properties?.Json is { } json ? json[..Math.Min(json.Length, PropertiesShown)] : null);
    }

    private static ServerFlavour Recognise(string? server, string? owner, AnswerJson? properties)
    {
        bool Says(string name) => server?.Contains(name, StringComparison.OrdinalIgnoreCase) == true;
        return Says("ik_llama.cpp") ? ServerFlavour.IkLlama
            : Says("gdn-harness") ? ServerFlavour.GdnHarness
            : Says("llama.cpp") ? ServerFlavour.LlamaCpp
            : owner switch
            {
                "vllm" => ServerFlavour.Vllm,
                "sglang" => ServerFlavour.Sglang,
                "library" => ServerFlavour.Ollama,
                "llamacpp" => ServerFlavour.LlamaCpp,
                _ => properties?["build_info"] is not null ? ServerFlavour.LlamaCpp : ServerFlavour.Unknown,
            };
    }
}
