using System.Net;

namespace Gdn.Harness.Server;

/// <summary>How a server is set up.</summary>
/// <param name="Slots">np: sequences answered at a time.</param>
public sealed record ServeOptions(int Slots)
{
    /// <summary>The address to listen on.</summary>
    public IPAddress Host { get; init; } = IPAddress.Loopback;

    /// <summary>The port; 0 for any that is free.</summary>
    public int Port { get; init; }

    /// <summary>How long a sequence may grow; 0 for as long as the model allows.</summary>
    public int ContextTokens { get; init; }

    /// <summary>Tokens that one pass takes at most.</summary>
    public int UbatchTokens { get; init; } = 128;

    /// <summary>In which order they are in it.</summary>
    public BatchOrder Order { get; init; }

    /// <summary>Checkpoints kept per slot; 0 for none.</summary>
    public int Checkpoints { get; init; } = 16;

    /// <summary>Tokens drafted per pass by looking up what followed the last tokens before; 0 for no speculation.</summary>
    public int DraftTokens { get; init; }

    /// <summary>Size of noise on the logits, as a fraction of their root mean square; 0 for none.</summary>
    public double Jitter { get; init; }

    /// <summary>A fault to plant in the server; null for none.</summary>
    public ServerFault? Fault { get; init; }

    /// <summary>What clients must send as bearer token; null to admit everybody.</summary>
    public string? ApiKey { get; init; }

    /// <summary>Requests that may wait for a slot; further ones are refused.</summary>
    public int QueueCapacity { get; init; } = 64;

    /// <summary>Whether to log requests and passes, one JSON object a line, to standard error.</summary>
    public bool Verbose { get; init; }
}
