using Gdn.Harness.Clients.Http;
using Gdn.Reference;

namespace Gdn.Harness.Clients.Dialects;

/// <summary>Finds out which server it is, which model is meant, and on which route it is asked.</summary>
public static class ClientDiscovery
{
    private const int PropertiesShown = 8000;

    /// <summary>Connects to a server; one that is still loading its model is waited for.</summary>
    /// <param name="options">Where it is.</param>
    /// <param name="flavour">Which server it is; null to find out.</param>
    /// <exception cref="InputException">It has several models and none is named, or no route that is known.</exception>
    /// <exception cref="EnvironmentException">It cannot be reached.</exception>
    public static async Task<ICompletionClient> ConnectAsync(
        ClientOptions options, ServerFlavour? flavour, CancellationToken cancellation)
    {
        var connection = new ServerConnection(options);
        try
        {
            ServerInfo info = await AskAsync(connection, options, flavour, cancellation);
            return await RouteChoice.ConnectAsync(connection, info, options.Route, cancellation);
        }
        catch (BadAnswerException e)
        {
            connection.Dispose();
            throw new EnvironmentException(
                connection.Address.Given.ToString(), $"it is not a completion server ({e.Message})",
                "check the address, or name its kind with --flavour", e);
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    }

    private static async Task<ServerInfo> AskAsync(
        ServerConnection connection, ClientOptions options, ServerFlavour? given, CancellationToken cancellation)
    {
        (IReadOnlyList<AnswerJson>? list, string? server) = await ModelsAsync(connection, cancellation);
        ServerAddress address = connection.Address;
        (AnswerJson? properties, string? propertiesServer) = await connection.TryGetAsync(address.Own("/props"), cancellation);
        (AnswerJson? version, _) = await connection.TryGetAsync(address.Own("/version"), cancellation);
        (AnswerJson? tags, _) = list is null ? await connection.TryGetAsync(address.Own("/api/tags"), cancellation) : default;

        string? owner = list is [var first, ..] ? first["owned_by"]?.Text() : null;
        ServerFlavour flavour = given
            ?? (tags is not null ? ServerFlavour.Ollama : Recognise(server ?? propertiesServer, owner, properties));
        ServedModels models = flavour == ServerFlavour.Ollama
            ? await OfOllamaAsync(connection, tags, cancellation) : ServedModels.Of(list ?? []);
        string? model = models.Choose(options.Model);
        // A router of several models has the settings of each.
        if (models.AreSeveral && properties is not null)
            properties = (await connection.TryGetAsync(
                address.Own("/props?model=" + Uri.EscapeDataString(model!)), cancellation)).Answer ?? properties;

        AnswerJson? settings = properties?["default_generation_settings"];
        AnswerJson? entry = list?.Cast<AnswerJson?>().FirstOrDefault(item => item!.Value["id"]?.Text() == model);
        return new ServerInfo(
            address.Given, flavour,
            Build: properties?["build_info"]?.Text()
                ?? (version?["version"] is { } v ? v.Json.Trim('"') : null),
            Model: model ?? properties?["model_path"]?.Text(),
            Slots: properties?["total_slots"]?.Int32(),
            ContextPerSlot: settings?["n_ctx"]?.Int32() ?? properties?["n_ctx"]?.Int32() ?? entry?["max_model_len"]?.Int32(),
            Properties: properties?.Json is { } json ? json[..Math.Min(json.Length, PropertiesShown)] : null);
    }

    // An address that does not end in a version may still be where OpenAI's routes lie.
    private static async Task<(IReadOnlyList<AnswerJson>? List, string? Server)> ModelsAsync(
        ServerConnection connection, CancellationToken cancellation)
    {
        (AnswerJson? usual, string? server) = await connection.TryGetAsync(connection.Address.OpenAi("/models"), cancellation);
        if (usual?["data"] is null && !connection.Address.NamesVersion)
        {
            ServerAddress other = connection.Address.WithoutVersion();
            (AnswerJson? models, string? name) = await connection.TryGetAsync(other.OpenAi("/models"), cancellation);
            if (models is { IsObject: true } && models.Value["data"] is { IsArray: true } found)
            {
                connection.Address = other;
                return (found.Items(), name);
            }
        }

        return (usual?["data"]?.Items(), server);
    }

    private static async Task<ServedModels> OfOllamaAsync(
        ServerConnection connection, AnswerJson? tags, CancellationToken cancellation)
    {
        tags ??= (await connection.TryGetAsync(connection.Address.Own("/api/tags"), cancellation)).Answer;
        (AnswerJson? running, _) = await connection.TryGetAsync(connection.Address.Own("/api/ps"), cancellation);
        return tags is { } has ? ServedModels.OfOllama(has, running) : new ServedModels([], []);
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
