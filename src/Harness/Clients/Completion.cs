namespace Gdn.Harness.Clients;

/// <summary>An answer. It has fewer tokens than requested where the server ended it.</summary>
/// <param name="Tokens">Its tokens.</param>
/// <param name="Text">Its text.</param>
/// <param name="Slot">The slot that answered, where the server reports it.</param>
/// <param name="Counters">What the server counted.</param>
public sealed record Completion(
    IReadOnlyList<ServedToken> Tokens, string Text, int? Slot, CompletionCounters Counters)
{
    /// <summary>
    /// The HTTP status with which the server first refused the request, because it had too many; null if it took it at once.
    /// </summary>
    public int? RefusedWith { get; init; }

    /// <summary>The rounds after the first token, which comes from the prompt; null where the server does not tell them.</summary>
    public IReadOnlyList<ServedRound>? Rounds { get; init; }
}
