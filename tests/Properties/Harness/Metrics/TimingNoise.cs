using Gdn.Harness;

namespace Gdn.Properties.Harness.Metrics;

/// <summary>What disturbs timings: independent noise, a clock that slows down, neighbours who come and go.</summary>
internal sealed record TimingNoise(double White, double Drift, double Wander, double Memory)
{
    /// <summary>Simulated by kind.</summary>
    public static TimingNoise Of(string kind) => kind switch
    {
        "white" => new TimingNoise(White: 0.01, Drift: 0, Wander: 0, Memory: 0),
        "drift" => new TimingNoise(White: 0.01, Drift: 0.01, Wander: 0, Memory: 0),
        "wander 0.9" => new TimingNoise(White: 0, Drift: 0, Wander: 0.01, Memory: 0.9),
        "wander 0.97" => new TimingNoise(White: 0, Drift: 0, Wander: 0.02, Memory: 0.97),
        _ => throw new ArgumentException(kind),
    };

    /// <summary>Log durations of equal work, one after another: white noise, a linear drift, and an AR(1) process.</summary>
    public double[] Draw(int samples, SeededRandom random)
    {
        var logs = new double[samples];
        double wander = Wander * random.NextGaussian();
        double step = Wander * Math.Sqrt(1 - Memory * Memory);
        for (int i = 0; i < samples; i++)
        {
            logs[i] = White * random.NextGaussian() + Drift * i / samples + wander;
            wander = Memory * wander + step * random.NextGaussian();
        }

        return logs;
    }
}
