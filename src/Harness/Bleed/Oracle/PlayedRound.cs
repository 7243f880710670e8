using Gdn.Harness.Traffic;

namespace Gdn.Harness.Bleed.Oracle;

/// <summary>A round as the server has answered it and the reference has read it, ready to be put through an engine again.</summary>
/// <param name="Round">The round.</param>
/// <param name="Alone">The lone answers, in the order of the requests.</param>
/// <param name="Batched">The answers of the round.</param>
/// <param name="Slots">The slot that answered each request; null where the server does not say.</param>
/// <param name="Before">The lone answers before each, as far as known.</param>
/// <param name="Starts">When each request's first token came, by what others had received.</param>
/// <param name="Bound">What rounding may do.</param>
internal sealed record PlayedRound(
    LiveRound Round, IReadOnlyList<OracleReading> Alone, IReadOnlyList<OracleReading> Batched, IReadOnlyList<int?> Slots,
    IReadOnlyList<IReadOnlyList<ForcedAnswer>> Before, IReadOnlyList<FirstToken> Starts,
    OracleBound Bound)
{
    /// <summary>Tokens that the server drafts at a time by looking them up; 0 for none, or where it drafts otherwise.</summary>
    public int Drafts { get; init; }

    /// <summary>The last answer before it on each slot.</summary>
    public IReadOnlyList<(int Slot, ForcedAnswer Answer)> Tenants { get; init; } = [];

    /// <summary>Rounds before it, the first ones of the sweep.</summary>
    public IReadOnlyList<PlayedRound> Earlier { get; init; } = [];
}
