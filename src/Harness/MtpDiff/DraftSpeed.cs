using Gdn.Harness.Metrics;

namespace Gdn.Harness.MtpDiff;

/// <summary>How much faster an engine answers with drafts of its head.</summary>
/// <param name="Drafts">K.</param>
/// <param name="SpeedUp">Time without drafts over time with them, for the same answers.</param>
/// <param name="MeanLength">Tokens that a round brings by the reference's drafts.</param>
/// <param name="Step">Seconds of a round without drafts.</param>
/// <param name="Verification">Seconds of a round with K drafts that cost nothing and are all accepted.</param>
/// <param name="Drafting">Seconds that the head takes for the drafts of a round.</param>
internal sealed record DraftSpeed(
    int Drafts, RatioEstimate SpeedUp, double MeanLength, double Step, double Verification, double Drafting)
{
    /// <summary>The speed-up that follows from what should be accepted and what the parts of a round cost.</summary>
    public double Expected => MeanLength * Step / (Verification + Drafting);
}
