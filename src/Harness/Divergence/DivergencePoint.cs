namespace Gdn.Harness.Divergence;

/// <summary>A position at which the answers have different tokens, or different log-probabilities.</summary>
/// <param name="Position">Index of the token in the answer.</param>
/// <param name="Expected">The expected token.</param>
/// <param name="Actual">The actual token.</param>
/// <param name="Gap">
/// Log-probability of the expected token less that of the actual one, on the expected side, in nats; null where it is
/// not reported.
/// </param>
/// <param name="GapIsLeast">Whether the gap is at least that: the actual token is not among the candidates.</param>
/// <param name="Z">The gap in standard deviations of its noise.</param>
/// <param name="Move">How far the log-probabilities moved, <see cref="RowDelta"/>.</param>
public sealed record DivergencePoint(
    int Position, string Expected, string Actual, double? Gap, bool GapIsLeast, double? Z, double? Move);
