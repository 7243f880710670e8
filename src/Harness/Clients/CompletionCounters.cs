namespace Gdn.Harness.Clients;

/// <summary>What a server counts for a request; null where it does not report it.</summary>
/// <param name="Cached">Prompt tokens that it did not compute, because they were cached.</param>
/// <param name="Drafted">Tokens that a draft proposed.</param>
/// <param name="Accepted">Those of them that were accepted.</param>
public readonly record struct CompletionCounters(int? Cached, int? Drafted, int? Accepted)
{
    /// <summary>Tokens of the prompt, with whatever marks the server put around it.</summary>
    public int? Prompt { get; init; }

    /// <summary>Tokens of the answer, those included that the client is not shown.</summary>
    public int? Answer { get; init; }
}
