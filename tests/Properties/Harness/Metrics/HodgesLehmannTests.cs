using Gdn.Harness;
using Gdn.Harness.Metrics;
using Xunit;

namespace Gdn.Properties.Harness.Metrics;

public class HodgesLehmannTests
{
    [Theory]
    [InlineData(new double[] { 7 }, 7)]
    [InlineData(new double[] { 1, 4 }, 2.5)]
    // Means of pairs: 1, 2, 3, 5, 6, 9.
    [InlineData(new double[] { 9, 1, 3 }, 4)]
    public void Estimate_ByHand(double[] values, double expected) => Assert.Equal(expected, HodgesLehmann.Estimate(values));

    [Fact]
    public void Estimate_MovesWithItsValuesAndTurnsWithTheirSign()
    {
        var random = new SeededRandom(1);
        for (int n = 1; n <= 25; n++)
        {
            double[] values = [.. Enumerable.Range(0, n).Select(_ => (double)random.Next(1000))];
            double estimate = HodgesLehmann.Estimate(values);
            Assert.Equal(estimate + 64, HodgesLehmann.Estimate([.. values.Select(x => x + 64)]));
            Assert.Equal(-estimate, HodgesLehmann.Estimate([.. values.Select(x => -x)]));
            random.Shuffle(values.AsSpan());
            Assert.Equal(estimate, HodgesLehmann.Estimate(values));
        }
    }

    [Fact]
    public void Estimate_Nothing_Throws() => Assert.Throws<ArgumentException>(() => HodgesLehmann.Estimate([]));
}
