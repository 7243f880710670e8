using Gdn.Harness;
using Xunit;

namespace Gdn.Properties.Optimized.Cpu.Kernels;

/// <summary>Random inputs, and comparison of a kernel with the reference in both precisions.</summary>
internal static class Noise
{
    private const double Factor = 4;

    public static float[] Gaussian(SeededRandom random, int length, double deviation = 1)
    {
        var values = new float[length];
        for (int i = 0; i < length; i++) values[i] = (float)(deviation * random.NextGaussian());
        return values;
    }

    public static float[] Uniform(SeededRandom random, int length, double from, double to)
    {
        var values = new float[length];
        for (int i = 0; i < length; i++) values[i] = (float)(from + (to - from) * random.NextDouble());
        return values;
    }

    public static float[] Integers(SeededRandom random, int length)
    {
        var values = new float[length];
        for (int i = 0; i < length; i++) values[i] = random.Next(17) - 8;
        return values;
    }

    public static double[] Widen(float[] values) => Array.ConvertAll(values, value => (double)value);

    /// <summary>
    /// Every entry within <see cref="Factor"/> times the reference's own largest single-precision error, or rounding of the
    /// largest entry where that error happens to be smaller.
    /// </summary>
    public static void AssertClose(double[] exact, float[] rounded, ReadOnlySpan<float> actual, string where)
    {
        Assert.Equal(exact.Length, actual.Length);
        double noise = 0;
        for (int i = 0; i < exact.Length; i++)
            noise = Math.Max(noise, Math.Max(Math.Abs(exact[i] - rounded[i]), Math.Abs(exact[i]) / (1 << 24)));
        for (int i = 0; i < exact.Length; i++)
        {
            double error = Math.Abs(actual[i] - exact[i]);
            if (!(error <= Factor * noise))
                Assert.Fail(
                    $"{where}: entry {i}: expected {exact[i]:R} actual {actual[i]:R} allowed {Factor * noise:E2}");
        }
    }
}
