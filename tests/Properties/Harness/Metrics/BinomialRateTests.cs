using Gdn.Harness.Metrics;
using Xunit;

namespace Gdn.Properties.Harness.Metrics;

/// <summary>Intervals of rates, against published values and against simulation.</summary>
public sealed class BinomialRateTests
{
    // Clopper and Pearson's tables, as statistics packages give them.
    [Theory]
    [InlineData(0, 10, 0, 0.3085)]
    [InlineData(1, 10, 0.0025, 0.4450)]
    [InlineData(5, 10, 0.1871, 0.8129)]
    [InlineData(10, 10, 0.6915, 1)]
    [InlineData(0, 100, 0, 0.0362)]
    [InlineData(3, 100, 0.0062, 0.0852)]
    public void Interval_KnownValues(int failures, int rounds, double low, double high)
    {
        var rate = new BinomialRate(failures, rounds);
        Assert.Equal(low, rate.Low, 5e-5);
        Assert.Equal(high, rate.High, 5e-5);
    }

    [Fact]
    public void Interval_NoRounds_SaysNothing() => Assert.Equal((0, 1), (new BinomialRate(0, 0).Low, new BinomialRate(0, 0).High));

    [Theory]
    [InlineData(0.01, 299)]
    [InlineData(0.05, 59)]
    [InlineData(0.5, 5)]
    public void RoundsToDetect_IsTheInverseOfDetectable(double rate, int rounds)
    {
        Assert.Equal(rounds, BinomialRate.RoundsToDetect(rate));
        Assert.True(BinomialRate.Detectable(rounds) <= rate && rate < BinomialRate.Detectable(rounds - 1));
    }

    [Fact]
    public void Interval_CoversTheTruthAtLeastAsOftenAsItSays()
    {
        var random = new Gdn.Harness.SeededRandom(11);
        int covered = 0, drawn = 0;
        foreach (double rate in (double[])[0.02, 0.1, 0.4])
            for (int i = 0; i < 2000; i++, drawn++)
            {
                int failures = Enumerable.Range(0, 40).Count(_ => random.NextDouble() < rate);
                var interval = new BinomialRate(failures, 40);
                if (interval.Low <= rate && rate <= interval.High) covered++;
            }

        Assert.True(covered >= BinomialRate.Confidence * drawn, $"{covered} of {drawn}");
    }
}
