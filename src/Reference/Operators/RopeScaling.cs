namespace Gdn.Reference.Operators;

/// <summary>
/// What stretches a position embedding to a longer context than the one it was trained for: some frequencies are divided,
/// and what is rotated may be multiplied.
/// </summary>
/// <param name="Factor">How many times longer the context becomes: what an interpolated frequency is divided by.</param>
/// <param name="Extrapolation">
/// How much of a pair's own frequency is kept where the ramp is 1. 0: every frequency is divided (linear scaling); 1: YaRN.
/// </param>
/// <param name="RampStart">Up to this pair, the fastest ones, the ramp is 1.</param>
/// <param name="RampEnd">From this pair on it is 0.</param>
/// <param name="Magnitude">What rotated entries are multiplied by.</param>
public sealed record RopeScaling(double Factor, double Extrapolation, int RampStart, int RampEnd, double Magnitude)
{
    // Where start and end coincide the ramp is a step.
    private const double ShortestRamp = 0.001;

    /// <summary>What the frequency of pair <paramref name="pair"/> is multiplied by.</summary>
    public double FrequencyFactor(int pair)
    {
        double along = (pair - RampStart) / Math.Max(ShortestRamp, RampEnd - RampStart);
        double kept = (1 - Math.Clamp(along, 0, 1)) * Extrapolation;
        return (1 - kept) / Factor + kept;
    }
}
