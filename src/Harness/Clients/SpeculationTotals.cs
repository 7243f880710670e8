namespace Gdn.Harness.Clients;

/// <summary>What a server has drafted since it was started.</summary>
/// <param name="Rounds">Batches with drafts; null where not reported.</param>
/// <param name="Drafted">Tokens drafted.</param>
/// <param name="Accepted">Of those, accepted; null where not reported.</param>
/// <param name="AcceptedByPlace">Accepted tokens by their place in the draft, from its first token on; empty where not reported.</param>
public sealed record SpeculationTotals(long? Rounds, long Drafted, long? Accepted, IReadOnlyList<long> AcceptedByPlace)
{
    /// <summary>What was drafted since an earlier reading.</summary>
    public SpeculationTotals Since(SpeculationTotals before) => new(
        Rounds - before.Rounds, Drafted - before.Drafted, Accepted - before.Accepted,
        [.. AcceptedByPlace.Select((count, place) => count - before.AcceptedByPlace.ElementAtOrDefault(place))]);
}
