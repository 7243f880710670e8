using System.Net;
using Gdn.Reference;
using Gdn.Reference.Engines;
using static System.FormattableString;

namespace Gdn.Harness.Server;

/// <summary>How a server is set up.</summary>
/// <param name="Slots">np: sequences answered at a time.</param>
public sealed record ServeOptions(int Slots)
{
    /// <summary>The address to listen on.</summary>
    public IPAddress Host { get; init; } = IPAddress.Loopback;

    /// <summary>The port; 0 for a free one.</summary>
    public int Port { get; init; }

    /// <summary>How long a sequence may grow; 0 for as long as the model allows.</summary>
    public int ContextTokens { get; init; }

    /// <summary>Tokens that one pass takes at most.</summary>
    public int UbatchTokens { get; init; } = 128;

    /// <summary>In which order they are in it.</summary>
    public BatchOrder Order { get; init; }

    /// <summary>Checkpoints kept per slot; 0 for none.</summary>
    public int Checkpoints { get; init; } = 16;

    /// <summary>Tokens drafted per pass; 0 for no speculation.</summary>
    public int DraftTokens { get; init; }

    /// <summary>
    /// Whether the engine drafts with the model's draft (MTP) layers; else drafts are looked up, as what followed the last tokens
    /// before.
    /// </summary>
    public bool DraftsWithHead { get; init; }

    /// <summary>Size of noise on the logits, as a fraction of their root mean square; 0 for none.</summary>
    public double Jitter { get; init; }

    /// <summary>How long each pass waits before it runs, so that a small model takes the time of a large one.</summary>
    public TimeSpan Delay { get; init; }

    /// <summary>A fault to plant in the server; null for none.</summary>
    public ServerFault? Fault { get; init; }

    /// <summary>What clients must send as bearer token; null to admit everybody.</summary>
    public string? ApiKey { get; init; }

    /// <summary>Requests that may wait for a slot; further ones are refused.</summary>
    public int QueueCapacity { get; init; } = 64;

    /// <summary>Whether to log requests and passes, one JSON object per line, to standard error.</summary>
    public bool Verbose { get; init; }

    /// <summary>
    /// The same setup kept to what an engine declares: shorter passes and sequences, and no checkpoints, where it has to be.
    /// </summary>
    /// <param name="declared">What the engine declares.</param>
    /// <exception cref="InputException">What was asked for cannot be served without what the engine does not declare.</exception>
    internal ServeOptions Within(EngineCapabilities declared)
    {
        if (DraftTokens > 0 && declared.Rollback == RollbackSupport.None)
            throw new InputException(
                "--draft", "the engine does not declare rollbacks, which rejected drafts need", "leave it out, or use another engine");
        if (DraftTokens > declared.RollbackDepth)
            throw new InputException(
                "--draft", Invariant($"the engine does not declare rollbacks of more than {declared.RollbackDepth} tokens"),
                "choose fewer, or use another engine");
        if (!declared.Snapshots && Fault is { NeedsSnapshots: true })
            throw new InputException(
                "--fault", $"the engine does not declare snapshots, which '{Fault.Id}' needs", "use another engine");

        int answers = Slots * (1 + DraftTokens);
        if (answers > declared.MaxBatchTokens)
            throw new InputException(
                "--slots",
                Invariant($"the engine takes {declared.MaxBatchTokens} tokens per pass, and a token and its drafts for each slot are {answers}"),
                "choose fewer slots or drafts, or use another engine");

        return this with
        {
            Checkpoints = declared.Snapshots ? Checkpoints : 0,
            UbatchTokens = Math.Min(UbatchTokens, declared.MaxBatchTokens),
            ContextTokens = Math.Min(ContextTokens, declared.MaxPositions),
        };
    }
}
