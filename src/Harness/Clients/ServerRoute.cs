using Gdn.Reference;

namespace Gdn.Harness.Clients;

/// <summary>The route on which answers are requested.</summary>
public enum ServerRoute
{
    /// <summary>llama-server's <c>/completion</c>.</summary>
    Native,

    /// <summary>OpenAI's <c>/v1/completions</c>.</summary>
    Completions,

    /// <summary>OpenAI's <c>/v1/chat/completions</c>: the server wraps prompts into marks of its own.</summary>
    Chat,

    /// <summary>ollama's <c>/api/generate</c>.</summary>
    Generate,
}

/// <summary>Their names on the command line.</summary>
public static class ServerRoutes
{
    /// <summary>All names.</summary>
    public static IEnumerable<string> All => Enum.GetValues<ServerRoute>().Select(Name);

    /// <summary>The name.</summary>
    public static string Name(this ServerRoute route) => route.ToString().ToLowerInvariant();

    /// <summary>The route of that name.</summary>
    /// <param name="option">The option, for errors.</param>
    /// <param name="name">The name.</param>
    /// <exception cref="InputException">No route has that name.</exception>
    public static ServerRoute Named(string option, string name) =>
        Enum.GetValues<ServerRoute>().Where(route => route.Name() == name).Select(route => (ServerRoute?)route).FirstOrDefault()
        ?? throw new InputException(option, $"'{name}' does not exist", Suggestion.Remedy(name, [.. All]));
}
