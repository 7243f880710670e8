namespace Gdn.Harness.Divergence;

/// <summary>What the difference between an expected and an actual answer means.</summary>
public enum Outcome
{
    /// <summary>They do not differ.</summary>
    Same,

    /// <summary>Two tokens were practically equally likely, and noise chose the other.</summary>
    Tie,

    /// <summary>Too much for noise, too little for corruption.</summary>
    Undecided,

    /// <summary>Noise does not explain it.</summary>
    Corrupt,
}

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

/// <summary>The verdict on one answer.</summary>
/// <param name="Outcome">What the difference means.</param>
/// <param name="Rows">Positions compared.</param>
/// <param name="Ties">Near-ties after which the comparison went on.</param>
/// <param name="At">The position that decided, or the first that differs; null where none does.</param>
/// <param name="Reason">Why, in words.</param>
public sealed record Judgement(Outcome Outcome, int Rows, int Ties, DivergencePoint? At, string Reason);
