using Gdn.Harness.Metrics;

namespace Gdn.Harness.Throughput;

/// <summary>A duration and a rate, as precisely as they are known.</summary>
/// <param name="Tokens">Tokens of all sequences together.</param>
/// <param name="Seconds">How long they take.</param>
/// <param name="Error">Half the width of the 95% interval, relative.</param>
public readonly record struct SpeedFigure(int Tokens, double Seconds, double Error)
{
    /// <summary>Tokens a second.</summary>
    public double Rate => Tokens / Seconds;

    /// <summary>The figure from samples.</summary>
    /// <param name="tokens">Tokens of all sequences together.</param>
    /// <param name="seconds">At least two samples.</param>
    /// <param name="random">Draws resamples.</param>
    public static SpeedFigure Of(int tokens, double[] seconds, SeededRandom random)
    {
        double[] one = new double[seconds.Length];
        Array.Fill(one, 1);
        var estimate = RatioEstimate.Of(seconds, one, random);
        return new SpeedFigure(
            tokens, estimate.Ratio, Math.Max(estimate.High / estimate.Ratio, estimate.Ratio / estimate.Low) - 1);
    }
}
