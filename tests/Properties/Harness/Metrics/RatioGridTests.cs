using Gdn.Harness;
using Gdn.Harness.Metrics;
using Xunit;

namespace Gdn.Properties.Harness.Metrics;

public class RatioGridTests
{
    private const int Rounds = 12, FewResamples = 200;

    private static RatioEstimate Simulated(double factor, double noise, SeededRandom random)
    {
        double[] Draw(double centre) => [.. Enumerable.Range(0, Rounds).Select(_ => centre * Math.Exp(noise * random.NextGaussian()))];
        return RatioEstimate.Of(Draw(factor), Draw(1), random, FewResamples);
    }

    // Without a margin, so that the alarms are those of chance alone.
    [Fact]
    public void Of_TwentyEqualRatios_FalseAlarmsAreRareAllTheSame()
    {
        const int runs = 150;
        var random = new SeededRandom(4);
        int alarms = 0, uncorrected = 0;
        for (int run = 0; run < runs; run++)
        {
            RatioEstimate[] ratios = [.. Enumerable.Range(0, 20).Select(_ => Simulated(1, 0.01, random))];
            if (RatioGrid.Of(ratios, margin: 0).Any(IsDifferent)) alarms++;
            if (ratios.Any(ratio => IsDifferent(RatioGrid.Of([ratio], margin: 0)[0]))) uncorrected++;
        }

        Assert.True(alarms <= 0.1 * runs, $"{alarms} of {runs} grids raise an alarm");
        Assert.True(uncorrected >= 0.4 * runs, $"one by one: {uncorrected}");
    }

    [Theory]
    [InlineData(1.00, RatioVerdict.Equivalent)]
    [InlineData(1.06, RatioVerdict.Slower)]
    [InlineData(0.94, RatioVerdict.Faster)]
    [InlineData(1.02, RatioVerdict.Inconclusive)]
    public void Of_DifferencesBeyondAndWithinTheMargin(double factor, RatioVerdict expected)
    {
        var random = new SeededRandom(7);
        Assert.Equal([expected], RatioGrid.Of([Simulated(factor, 0.005, random)], margin: 0.02));
    }

    // A noisy machine is no reason to call equal what differs by more than the margin.
    [Theory]
    [InlineData(1.06, RatioVerdict.Inconclusive)]
    [InlineData(1.00, RatioVerdict.Equivalent)]
    [InlineData(1.30, RatioVerdict.Slower)]
    public void Of_HighFloor_MakesNothingEquivalent(double factor, RatioVerdict expected)
    {
        var random = new SeededRandom(7);
        Assert.Equal([expected], RatioGrid.Of([Simulated(factor, 0.005, random)], margin: 0.02, floor: 0.2));
    }

    // What differs is called so beside what does not.
    [Fact]
    public void Of_OneOfTen_IsFoundInItsPlace()
    {
        var random = new SeededRandom(9);
        RatioEstimate[] ratios = [.. Enumerable.Range(0, 10).Select(i => Simulated(i == 6 ? 1.06 : 1, 0.005, random))];
        RatioVerdict[] verdicts = RatioGrid.Of(ratios, margin: 0.02);
        Assert.Equal(RatioVerdict.Slower, verdicts[6]);
        Assert.Equal(9, verdicts.Count(verdict => verdict == RatioVerdict.Equivalent));
    }

    // Tables of Student's t.
    [Theory]
    [InlineData(1, 0.05, 12.7062)]
    [InlineData(2, 0.05, 4.30265)]
    [InlineData(3, 0.05, 3.18245)]
    [InlineData(4, 0.05, 2.77645)]
    [InlineData(19, 0.05, 2.09302)]
    [InlineData(19, 0.01, 2.86093)]
    [InlineData(50, 0.001, 3.49601)]
    public void Quantile_IsThatOfTheTables(int freedom, double error, double expected) =>
        Assert.Equal(expected, StudentT.Quantile(freedom, error), tolerance: 2e-5 * expected);

    private static bool IsDifferent(RatioVerdict verdict) => verdict is RatioVerdict.Faster or RatioVerdict.Slower;
}
