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
    OracleBound Bound);
