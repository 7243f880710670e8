namespace Gdn.Harness.Server;

/// <summary>The error that a client gets when a request cannot be answered.</summary>
/// <param name="status">HTTP status.</param>
/// <param name="type">Kind of error, in the words of llama-server.</param>
/// <param name="message">One line: what, where, what to do.</param>
internal sealed class ApiException(int status, string type, string message) : Exception(message)
{
    /// <summary>HTTP status.</summary>
    public int Status { get; } = status;

    /// <summary>Kind of error.</summary>
    public string Type { get; } = type;

    /// <summary>Numbers that belong to it, by name.</summary>
    public IReadOnlyDictionary<string, int> Details { get; init; } = new Dictionary<string, int>();

    /// <summary>A field or body that cannot be used.</summary>
    public static ApiException Invalid(string message) => new(400, "invalid_request_error", message);

    /// <summary>The server cannot take it now.</summary>
    public static ApiException Unavailable(string message) => new(503, "unavailable_error", message);

    /// <summary>The engine failed.</summary>
    public static ApiException Failed(string message) => new(500, "server_error", message);
}
