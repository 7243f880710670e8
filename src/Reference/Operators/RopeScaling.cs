namespace Gdn.Reference.Operators;

/// <summary>
/// What stretches a position embedding to a longer context than the one it was trained for: frequencies are divided, and what
/// is rotated may be multiplied.
/// </summary>
/// <param name="Factor">How many times longer the context becomes: what a frequency is divided by.</param>
/// <param name="Ramp">
/// YaRN: up to the first of these pairs, the fastest ones, a pair keeps its frequency, from the second on it is divided, and
/// between it is mixed. Null: all are divided (linear scaling).
/// </param>
/// <param name="Magnitude">What rotated entries are multiplied by.</param>
public sealed record RopeScaling(double Factor, (int Start, int End)? Ramp, double Magnitude)
{
    // Where start and end coincide the ramp is a step.
    private const double ShortestRamp = 0.001;

    /// <summary>What the frequency of pair <paramref name="pair"/> is multiplied by.</summary>
    public double FrequencyFactor(int pair)
    {
        if (Ramp is not var (start, end)) return 1 / Factor;
        double divided = Math.Clamp((pair - start) / Math.Max(ShortestRamp, end - start), 0, 1);
        return divided / Factor + 1 - divided;
    }
}
