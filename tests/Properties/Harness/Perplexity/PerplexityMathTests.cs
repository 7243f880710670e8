using Gdn.Harness.Speculation;
using Gdn.Harness;
using Gdn.Harness.Metrics;
using Gdn.Harness.Perplexity;
using Gdn.Reference;
using Xunit;

namespace Gdn.Properties.Harness.Perplexity;

/// <summary>Perplexity, its error, and the paired difference.</summary>
public sealed class PerplexityMathTests
{
    // ln 2 and ln 8: the mean is ln 4, and the standard deviation of the mean of two is half the distance.
    [Fact]
    public void Estimate_TwoTokens_IsTheGeometricMean()
    {
        var estimate = PerplexityEstimate.Of([Math.Log(2), Math.Log(8)]);
        Assert.Equal(4, estimate.Value, 12);
        Assert.Equal(4 * Math.Log(2), estimate.Error, 12);
        Assert.Equal(2, estimate.Tokens);
    }

    [Theory]
    [InlineData(1, 12.7062)]
    [InlineData(2, 4.30265)]
    [InlineData(3, 3.18245)]
    [InlineData(5, 2.57058)]
    [InlineData(10, 2.22814)]
    [InlineData(30, 2.04227)]
    public void StudentT_IsTheTablesValue(int freedom, double expected) =>
        Assert.InRange(StudentT.Quantile95(freedom) / expected, 0.997, 1.003);

    [Fact]
    public void Difference_ShiftOfEveryChunk_IsCertain()
    {
        double[] second = [0.5, 2, 1], first = [.. second.Select(x => x + Math.Log(1.01))];
        var difference = PairedDifference.Of(first, second);
        Assert.Equal(0.01, difference.Relative, 10);
        Assert.True(difference.Exceeds(0.009));
        Assert.True(difference.IsWithin(0.011));
    }

    // Chunks that differ by chance: the interval holds the true difference, 0, in about 95 of 100 draws.
    [Fact]
    public void Difference_OfNoise_CoversZeroAsOftenAsItSays()
    {
        var random = new SeededRandom(7);
        int covered = 0;
        const int Draws = 2000;
        for (int draw = 0; draw < Draws; draw++)
        {
            double[] first = new double[6], second = new double[6];
            for (int i = 0; i < 6; i++)
            {
                // A sum of twelve uniform numbers is all but normal.
                second[i] = 3;
                for (int k = 0; k < 12; k++) first[i] += random.NextDouble() - 0.5;
                first[i] = 3 + 0.01 * first[i];
            }

            var difference = PairedDifference.Of(first, second);
            if (difference.Low <= 0 && difference.High >= 0) covered++;
        }

        Assert.InRange(covered / (double)Draws, 0.935, 0.965);
    }

    [Fact]
    public void LogSoftmax_OfAnyRow_SumsToOne()
    {
        float[] row = [1, 200, 199.5f, -3, 0];
        Assert.Equal(1, Enumerable.Range(0, row.Length).Sum(token => Math.Exp(LogSoftmax.Of(row, token))), 12);
        Assert.Equal(1, Sampler.Likeliest.Choose(row));
        Assert.True(double.IsNaN(LogSoftmax.Of([1, float.NaN, 2], 0)));
    }

    // 128 tokens: the second half counts, but for the last one, whose target is in the next chunk.
    [Fact]
    public void ScoredText_ChunkOf128_Scores63()
    {
        var text = new ScoredText([.. Enumerable.Range(0, 300)], 128);
        Assert.Equal((2, 64, 63), (text.Chunks, text.FirstScored, text.ScoredPerChunk));
        Assert.Equal(text.ScoredPerChunk, Enumerable.Range(0, 128).Count(text.IsScored));
        Assert.Equal((128, 129), (text.Fed(1, 0), text.Target(1, 0)));
    }

    [Fact]
    public void ScoredText_StartToken_TakesTheFirstPlaceOfEachChunk()
    {
        var text = new ScoredText([.. Enumerable.Range(0, 16)], 8, start: 99);
        Assert.Equal((99, 99, 9), (text.Fed(0, 0), text.Fed(1, 0), text.Fed(1, 1)));
    }

    [Fact]
    public void ScoredText_LessThanTwoChunks_IsRefused() =>
        Assert.Contains(
            "fewer than two contexts of 8", Assert.Throws<InputException>(() => new ScoredText(new int[15], 8)).Message,
            StringComparison.Ordinal);
}
