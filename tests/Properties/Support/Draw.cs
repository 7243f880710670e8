namespace Gdn.Properties.Support;

/// <summary>Random numbers that float holds exactly, so that a test in double and one in float share their inputs.</summary>
internal static class Draw
{
    /// <summary>Uniform in [low, high].</summary>
    public static double Uniform(this Random random, double low, double high) =>
        (float)(low + (high - low) * random.NextDouble());

    /// <summary>Log-uniform in [low, high], both positive.</summary>
    public static double LogUniform(this Random random, double low, double high) =>
        (float)Math.Exp(Math.Log(low) + Math.Log(high / low) * random.NextDouble());

    /// <summary>Entries uniform in [-size, size].</summary>
    public static double[] Array(this Random random, int length, double size = 1)
    {
        var result = new double[length];
        foreach (ref double entry in result.AsSpan()) entry = random.Uniform(-size, size);
        return result;
    }

    /// <summary>A vector of length 1, up to the rounding to float.</summary>
    public static double[] Unit(this Random random, int length) => Normalise(random.Array(length));

    /// <summary><paramref name="x"/> scaled to length 1, rounded to float.</summary>
    public static double[] Normalise(double[] x)
    {
        double norm = Math.Sqrt(x.Sum(entry => entry * entry));
        return [.. x.Select(entry => (double)(float)(entry / norm))];
    }
}
