using Gdn.Harness.Perplexity;
using Xunit;

namespace Gdn.Properties.Harness.Perplexity;

/// <summary>Divergence from a reference, by position and in the mean.</summary>
public sealed class DivergenceMeterTests
{
    private static readonly ScoredText Text = new([.. Enumerable.Range(0, 24).Select(i => i % 2)], context: 8);

    private static DivergenceSummary? Summarize(float[][] expected, float[][] actual, int chunks)
    {
        var kept = new KeptDistributions(Text, vocabulary: 2);
        for (int i = 0; i < expected.Length; i++) kept.Take(i, expected[i]);
        var meter = new DivergenceMeter(Text, kept);
        for (int i = 0; i < actual.Length; i++) meter.Take(i, actual[i]);
        return meter.Summarize(chunks);
    }

    private static float[] Row(double first) => [(float)Math.Log(first), (float)Math.Log(1 - first)];

    private static float[][] Rows(params double[] firsts) => [.. firsts.Select(Row)];

    // KL(1/2 | 1/4) = ln(2) / 2 + ln(2/3) / 2, in each of three predictions of three chunks.
    [Fact]
    public void Summary_OfTwoKnownDistributions_IsTheFormula()
    {
        float[][] half = [.. Enumerable.Repeat(Row(0.5), 9)], quarter = [.. Enumerable.Repeat(Row(0.25), 9)];
        DivergenceSummary summary = Summarize(half, quarter, chunks: 3)!;
        double expected = (Math.Log(2) + Math.Log(2.0 / 3)) / 2;
        Assert.Equal(9, summary.Tokens);
        Assert.Equal(expected, summary.Mean.Mean, 6);
        Assert.Equal(expected, summary.Mean.Low, 6);
        Assert.Equal(expected, summary.Largest, 6);
        Assert.Equal(0.25, summary.MoveRms, 6);
    }

    [Fact]
    public void Summary_OfTheSameRows_IsZeroAndTheSameTop()
    {
        float[][] rows = Rows(0.9, 0.2, 0.6, 0.3, 0.55, 0.8);
        DivergenceSummary summary = Summarize(rows, rows, chunks: 2)!;
        Assert.Equal((0, 0, 1), (summary.Mean.Mean, summary.Largest, summary.SameTop.Mean));
        // Six tokens of six do not make it certain.
        Assert.InRange(summary.SameTop.Low, 0.5, 0.55);
    }

    [Fact]
    public void Summary_OneOtherTop_IsCounted()
    {
        float[][] expected = Rows(0.9, 0.2, 0.6, 0.3, 0.55, 0.8), actual = Rows(0.9, 0.2, 0.4, 0.3, 0.55, 0.8);
        DivergenceSummary summary = Summarize(expected, actual, chunks: 2)!;
        Assert.Equal(5.0 / 6, summary.SameTop.Mean, 12);
        Assert.True(summary.Mean is { Low: 0, Mean: > 0 });
    }

    [Fact]
    public void Summary_NotANumber_IsNone()
    {
        float[][] expected = Rows(0.9, 0.2, 0.6, 0.3, 0.55, 0.8), actual = [.. expected[..5], [float.NaN, 0]];
        Assert.True(double.IsNaN(Summarize(expected, actual, chunks: 2)!.Mean.Mean));
    }

    // Two chunks are what an interval takes; the reference has two of three.
    [Fact]
    public void Summary_ChunksThatOneSideLacks_DoNotCount()
    {
        float[][] rows = Rows(0.9, 0.2, 0.6, 0.3, 0.55, 0.8, 0.1, 0.2, 0.3);
        Assert.Equal(6, Summarize(rows[..7], rows, chunks: 3)!.Tokens);
        Assert.Null(Summarize(rows, rows, chunks: 1));
    }
}
