namespace Gdn.Harness.Clients;

/// <summary>How to speak to a server.</summary>
/// <param name="Address">Where it listens: what its routes lie under, or OpenAI's routes if it ends in a version.</param>
public sealed record ClientOptions(Uri Address)
{
    /// <summary>The route to ask on; null to find out which there is.</summary>
    public ServerRoute? Route { get; init; }

    /// <summary>The model to ask for, of several; null for the only one.</summary>
    public string? Model { get; init; }

    /// <summary>Sent as <c>Authorization: Bearer</c>; null for none.</summary>
    public string? ApiKey { get; init; }

    /// <summary>Headers sent with every request.</summary>
    public IReadOnlyList<KeyValuePair<string, string>> Headers { get; init; } = [];

    /// <summary>Whether any TLS certificate will do.</summary>
    public bool AcceptAnyCertificate { get; init; }

    /// <summary>How long a request may take, from sending it to the last byte of the answer.</summary>
    public TimeSpan RequestLimit { get; init; } = TimeSpan.FromSeconds(120);

    /// <summary>The first pause after "too busy" (429, 503); it doubles each time, and <see cref="RequestLimit"/> ends it.</summary>
    public TimeSpan FirstPause { get; init; } = TimeSpan.FromMilliseconds(250);

    /// <summary>Bytes of an answer that are read; 20 candidates for each of 4000 tokens fit.</summary>
    public int MaxAnswerBytes { get; init; } = 8 << 20;

    /// <summary>Bytes of a line of a streamed answer that are read.</summary>
    public int MaxLineBytes { get; init; } = 1 << 20;
}
