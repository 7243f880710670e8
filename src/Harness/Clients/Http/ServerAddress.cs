using System.Text.RegularExpressions;

namespace Gdn.Harness.Clients.Http;

/// <summary>
/// Where a server's routes lie. A reverse proxy may put a path before all of them, and not every server puts OpenAI's routes
/// under <c>/v1</c>. Routes are given and returned as paths from the host, for example <c>/llm/v1/models</c>.
/// </summary>
internal sealed partial record ServerAddress
{
    private const string UsualVersion = "/v1";

    private readonly string _root, _openAi;

    private ServerAddress(Uri given, string root, string openAi) => (Given, _root, _openAi) = (given, root, openAi);

    /// <summary>The address as it was given, but for what may be a secret: user, password, query and fragment.</summary>
    public Uri Given { get; }

    /// <summary>Whether <see cref="OpenAi"/> is certain: the address ends in a version, as clients of that API write it.</summary>
    public bool NamesVersion => _openAi == Path(Given);

    /// <summary>Reads an address: one that ends in a version is where OpenAI's routes lie; under any other there is <c>/v1</c>.</summary>
    public static ServerAddress Of(Uri given)
    {
        given = new Uri(given.GetComponents(UriComponents.SchemeAndServer | UriComponents.Path, UriFormat.UriEscaped));
        string path = Path(given);
        return Version().Match(path) is { Success: true } version
            ? new ServerAddress(given, path[..version.Index], path)
            : new ServerAddress(given, path, path + UsualVersion);
    }

    /// <summary>The same address, with OpenAI's routes directly under it.</summary>
    public ServerAddress WithoutVersion() => new(Given, _root, Path(Given));

    /// <summary>A route of OpenAI's API, for example <c>/models</c>.</summary>
    public string OpenAi(string route) => _openAi + route;

    /// <summary>A route of the server's own, for example <c>/health</c>.</summary>
    public string Own(string route) => _root + route;

    /// <summary>The URL of a path.</summary>
    public Uri UrlOf(string path) => new(Given.GetLeftPart(UriPartial.Authority) + path);

    private static string Path(Uri given) => given.AbsolutePath.TrimEnd('/');

    [GeneratedRegex(@"/v[0-9]+[a-z0-9.]*$", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex Version();
}
