using Gdn.Harness;
using Gdn.Harness.Metrics;
using Xunit;

namespace Gdn.Properties.Harness.Metrics;

public class RatioEstimateTests
{
    private const int Runs = 600, FewResamples = 300;

    // A run of an experiment: two things that differ by a factor, timed under some noise.
    private static RatioEstimate Simulate(string noise, int rounds, double factor, bool randomOrder, ulong run)
    {
        var random = new SeededRandom(SeededRandom.Derive(11, run));
        double[] logs = TimingNoise.Of(noise).Draw(2 * rounds, random);
        (var first, var second) = (new double[rounds], new double[rounds]);
        for (int i = 0; i < rounds; i++)
        {
            bool swapped = randomOrder && random.Next(2) == 1;
            // Without rounds: all of the one, then all of the other.
            (int a, int b) = randomOrder ? (2 * i, 2 * i + 1) : (i, rounds + i);
            first[i] = factor * Math.Exp(logs[swapped ? b : a]);
            second[i] = Math.Exp(logs[swapped ? a : b]);
        }

        return RatioEstimate.Of(first, second, random, FewResamples);
    }

    private static double Share(Func<ulong, RatioEstimate> simulate, Func<RatioEstimate, bool> holds)
    {
        int count = 0;
        for (int run = 0; run < Runs; run++)
            if (holds(simulate((ulong)run))) count++;
        return count / (double)Runs;
    }

    private static bool ExcludesOne(RatioEstimate estimate) => estimate.Low > 1 || estimate.High < 1;

    [Theory]
    [InlineData("white", 5)]
    [InlineData("white", 10)]
    [InlineData("white", 20)]
    [InlineData("drift", 20)]
    [InlineData("wander 0.9", 20)]
    [InlineData("wander 0.97", 20)]
    public void Of_EqualWork_FalseAlarmsAreRare(string noise, int rounds)
    {
        double alarms = Share(run => Simulate(noise, rounds, factor: 1, randomOrder: true, run), ExcludesOne);
        Assert.True(alarms <= 0.07, $"{noise}, {rounds} rounds: {alarms:P1} of {Runs} intervals miss the truth");
    }

    // Why rounds: one after the other, the same estimate takes a drift for a difference.
    [Theory]
    [InlineData("drift")]
    [InlineData("wander 0.97")]
    public void Of_EqualWorkOneAfterTheOther_FalseAlarmsAreFrequent(string noise)
    {
        double alarms = Share(run => Simulate(noise, 20, factor: 1, randomOrder: false, run), ExcludesOne);
        Assert.True(alarms >= 0.2, $"{noise}: {alarms:P1}");
    }

    [Theory]
    [InlineData("white")]
    [InlineData("wander 0.97")]
    public void Of_DetectableEffect_IsDetectedInFourOfFiveRuns(string noise)
    {
        double effect = Enumerable.Range(0, 20)
            .Average(run => Simulate(noise, 20, factor: 1, randomOrder: true, (ulong)(Runs + run)).DetectableEffect);
        double found = Share(run => Simulate(noise, 20, 1 + effect, randomOrder: true, run), ExcludesOne);
        Assert.True(found is >= 0.7 and <= 0.9, $"{noise}: {effect:P2} found in {found:P1} of {Runs} runs");
    }

    [Fact]
    public void Of_Spikes_MoveItLittle()
    {
        var random = new SeededRandom(3);
        double[] first = [.. Enumerable.Range(0, 20).Select(_ => 2 * Math.Exp(0.001 * random.NextGaussian()))];
        double[] second = [.. first.Select(x => x / 2)];
        first[3] *= 50;
        second[11] *= 20;

        RatioEstimate estimate = RatioEstimate.Of(first, second, random);

        Assert.InRange(estimate.Ratio, 1.999, 2.001);
    }

    [Fact]
    public void Of_SameSeed_SameBits()
    {
        double[] first = [1, 2, 3, 4, 6], second = [2, 3, 3, 5, 7];
        Assert.Equal(
            RatioEstimate.Of(first, second, new SeededRandom(5)), RatioEstimate.Of(first, second, new SeededRandom(5)));
    }

    [Theory]
    [InlineData(0.90, 0.95, RatioVerdict.Faster)]
    [InlineData(1.04, 1.20, RatioVerdict.Slower)]
    [InlineData(0.98, 1.02, RatioVerdict.Equivalent)]
    [InlineData(1.01, 1.02, RatioVerdict.Equivalent)]
    [InlineData(0.95, 1.01, RatioVerdict.Inconclusive)]
    [InlineData(1.01, 1.05, RatioVerdict.Inconclusive)]
    [InlineData(0.50, 2.00, RatioVerdict.Inconclusive)]
    public void Against_WholeIntervalDecides(double low, double high, RatioVerdict verdict) =>
        Assert.Equal(verdict, new RatioEstimate(Math.Sqrt(low * high), low, high, 0.01, 20).Against(0.03));

    [Fact]
    public void Of_NoPairs_Throws()
    {
        Assert.Throws<ArgumentException>(() => RatioEstimate.Of([1], [1], new SeededRandom(1)));
        Assert.Throws<ArgumentException>(() => RatioEstimate.Of([1, 2, 3], [1, 2], new SeededRandom(1)));
    }
}
