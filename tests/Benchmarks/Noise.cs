using Gdn.Harness;

namespace Gdn.Benchmarks;

/// <summary>Seeded inputs.</summary>
internal static class Noise
{
    /// <summary>Normally distributed floats.</summary>
    public static float[] Gaussian(ulong seed, int length)
    {
        var random = new SeededRandom(seed);
        var values = new float[length];
        foreach (ref float value in values.AsSpan()) value = (float)random.NextGaussian();
        return values;
    }

    /// <summary>The same numbers in double precision.</summary>
    public static double[] Exact(ReadOnlySpan<float> values)
    {
        var exact = new double[values.Length];
        for (int i = 0; i < exact.Length; i++) exact[i] = values[i];
        return exact;
    }
}
