using System.Text;
using Gdn.Harness.Metrics;
using Gdn.Harness.Server.Caching;
using Gdn.Harness.Server.Generation;
using Gdn.Harness.Speculation;
using Xunit;

namespace Gdn.Properties.Harness.Server;

/// <summary>The small parts of answering: sampling, log-probabilities, text, drafts, checkpoints.</summary>
public sealed class GenerationTests
{
    [Fact]
    public void Top_EqualLogits_LowerIdFirst()
    {
        ScoredToken[] top = LogSoftmax.Top([1, 3, 3, 2], 3);
        Assert.Equal([1, 2, 3], top.Select(token => token.Id));
        double expected = 3 - Math.Log(Math.Exp(1) + 2 * Math.Exp(3) + Math.Exp(2));
        Assert.Equal(expected, top[0].LogProbability, 14);
        Assert.Equal(top[0].LogProbability, LogSoftmax.Of([1, 3, 3, 2], 1));
    }

    [Fact]
    public void Choose_Greedy_SkipsMaskedAndNaN()
    {
        Assert.Equal(2, new Sampler(0, 1, masked: -1).Choose([float.NaN, 1, 5, 5]));
        Assert.Equal(3, new Sampler(0, 1, masked: 2).Choose([0, 1, 5, 5]));
        Assert.Equal(1, new Sampler(0, 1, masked: 0).Choose([9, 1, 0, 1]));
        Assert.Equal(0, new Sampler(0, 1, masked: -1).Choose([float.NaN, float.NaN]));
    }

    // 4,000 draws: four standard deviations of each frequency.
    [Fact]
    public void Choose_Temperature_FollowsTheDistribution()
    {
        float[] logits = [0, 1, 2, 3];
        const double Temperature = 0.7;
        const int Draws = 4000;
        var sampler = new Sampler(Temperature, seed: 42, masked: 1);
        var counts = new int[4];
        for (int i = 0; i < Draws; i++) counts[sampler.Choose(logits)]++;

        double[] weights = [1, 0, Math.Exp(2 / Temperature), Math.Exp(3 / Temperature)];
        for (int id = 0; id < 4; id++)
        {
            double p = weights[id] / weights.Sum();
            Assert.InRange(counts[id], Draws * p - 4 * Math.Sqrt(Draws * p * (1 - p)), Draws * p + 4 * Math.Sqrt(Draws * p * (1 - p)));
        }
    }

    [Fact]
    public void Text_CharacterInSeveralTokens_ComesWhole()
    {
        var text = new TextAssembler([]);
        byte[] euro = Encoding.UTF8.GetBytes("€");
        Assert.Equal("", text.Add(euro.AsSpan(0, 1)));
        Assert.Equal("€a", text.Add([.. euro[1..], (byte)'a']));
        Assert.Equal("", text.Add(euro.AsSpan(0, 2)));
        Assert.Equal("\uFFFD", text.Finish());
    }

    [Fact]
    public void Text_StopWord_IsHeldBackUntilCertain()
    {
        var text = new TextAssembler(["END", "stop"]);
        Assert.Equal("a", text.Add("aE"u8));
        Assert.Equal("E", text.Add("EN"u8));
        Assert.Equal("ENx", text.Add("x"u8));
        Assert.Equal("b", text.Add("bst"u8));
        Assert.Equal("", text.Add("opEND"u8));
        Assert.Equal("stop", text.Found);
        Assert.Equal("", text.Finish());
    }

    [Theory]
    [InlineData(new[] { 1, 2, 3, 4, 1, 2, 3 }, 2, new[] { 4, 1 })]
    [InlineData(new[] { 5, 2, 9, 7, 2, 8, 2 }, 3, new[] { 8, 2 })]
    [InlineData(new[] { 6, 6, 6 }, 3, new[] { 6 })]
    [InlineData(new[] { 1, 2, 3 }, 3, new int[0])]
    [InlineData(new[] { 1, 1 }, 0, new int[0])]
    [InlineData(new[] { 1, 1 }, -1, new int[0])]
    public void Draft_LongestPatternAndLastPlaceCount(int[] history, int count, int[] expected) =>
        Assert.Equal(expected, LookupDraft.After(history, count));

    [Fact]
    public void Jitter_DependsOnTheBatchAndRepeats()
    {
        float[] Noise(double size, int passTokens, int row)
        {
            float[] logits = [1, 2, 3, 4];
            new LogitJitter(size).Add(logits, passTokens, row, position: 7);
            return logits;
        }

        Assert.Equal([1, 2, 3, 4], Noise(0, 1, 0));
        Assert.Equal(Noise(0.01, 2, 1), Noise(0.01, 2, 1));
        Assert.NotEqual(Noise(0.01, 2, 1), Noise(0.01, 3, 1));
        Assert.NotEqual(Noise(0.01, 2, 1), Noise(0.01, 2, 0));
        Assert.All(Noise(0.01, 2, 1).Zip([1f, 2, 3, 4]), pair => Assert.InRange(Math.Abs(pair.First - pair.Second), 1e-6, 0.2));
    }

    [Fact]
    public void Grid_PiecesOfAPrompt_EndAtEveryCheckpointAndAtTheEnd()
    {
        for (int length = 1; length < 140; length++)
        {
            int[] expected = [.. Enumerable.Range(1, length).Where(
                end => end % CheckpointGrid.Spacing == 0 || end == length - CheckpointGrid.Tail || end == length)];
            var ends = new List<int>();
            for (int position = 0; position < length; position = ends[^1]) ends.Add(CheckpointGrid.Next(position, length));
            Assert.Equal(expected, ends);
            Assert.Equal(
                expected.Where(end => end % CheckpointGrid.Spacing == 0 || end == length - CheckpointGrid.Tail),
                ends.Where((end, i) => CheckpointGrid.IsDue(i == 0 ? 0 : ends[i - 1], end, length)));
        }
    }
}
