using Gdn.Harness;
using Gdn.Harness.Metrics;
using Xunit;

namespace Gdn.Properties.Harness.Metrics;

public class ChangePointsTests
{
    private static double[] Noise(int count, ulong seed, double deviation = 1)
    {
        var random = new SeededRandom(seed);
        return [.. Enumerable.Range(0, count).Select(_ => 100 + deviation * random.NextGaussian())];
    }

    private static double[] With(double[] values, int from, double shift) => [.. values.Select((value, i) => i < from ? value : value + shift)];

    [Theory]
    [InlineData(20, 10, 4)]
    [InlineData(60, 50, 3)]
    [InlineData(100, 30, -1.5)]
    public void Of_AStep_IsFoundThere(int count, int at, double shift)
    {
        ChangePoint change = Assert.Single(ChangePoints.Of(With(Noise(count, 1), at, shift)));
        Assert.InRange(change.Index, at - 2, at + 2);
        Assert.InRange(change.After - change.Before, shift - 1, shift + 1);
        Assert.InRange(change.P, 0.001, 0.01);
    }

    [Fact]
    public void Of_TwoSteps_AreFoundInOrder()
    {
        double[] values = With(With(Noise(60, 2), 20, 5), 40, -8);
        Assert.Equal([20, 40], ChangePoints.Of(values).Select(change => change.Index));
    }

    /// <summary>At this significance, one series in a hundred without a change would show one.</summary>
    [Fact]
    public void Of_NoiseAlone_SeldomHasAny() => Assert.InRange(
        Enumerable.Range(0, 100).Count(seed => ChangePoints.Of(Noise(30, (ulong)seed)).Count > 0), 0, 4);

    [Fact]
    public void Of_AnOutlier_IsNoChange()
    {
        double[] values = Noise(40, 3);
        values[20] += 50;
        Assert.Empty(ChangePoints.Of(values));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(9)]
    [InlineData(50)]
    public void Of_TheSameValue_HasNone(int count) => Assert.Empty(ChangePoints.Of([.. Enumerable.Repeat(0.3, count)]));

    [Fact]
    public void Of_Twice_IsTheSame()
    {
        double[] values = With(Noise(50, 4), 25, 1);
        Assert.Equal(ChangePoints.Of(values), ChangePoints.Of(values));
    }
}
