using Gdn.Harness.Divergence;
using Gdn.Harness.MtpDiff;
using Gdn.Harness.Speculation;
using Xunit;

namespace Gdn.Properties.Harness.MtpDiff;

/// <summary>When an answer with drafts counts as the same, as a tie, and as corrupt.</summary>
public class AnswerComparisonTests
{
    private const double Noise = 1e-6, Allowed = 64 * Noise;

    // After the first row the two likeliest tokens are as good as equal.
    private static readonly float[][] Rows = [[5, 0, 0], [1, 1.00001f, 0], [0, 0, 4]];

    private static readonly PlainAnswer Plain = new(
        [7], [0, 1, 2], [.. Rows.Select(row => new PlainRow(row, Allowed, Noise, IsRouterTie: false))]);

    [Fact]
    public void Compare_EqualWithinRounding_IsSame()
    {
        AnswerDifference difference = Compare([0, 1, 2], [[5, 1e-5f, 0], Rows[1], Rows[2]]);
        Assert.Equal((Outcome.Same, 3, null), (difference.Outcome, difference.Rows, difference.Divergence));
    }

    [Fact]
    public void Compare_SameTokensFromWrongLogits_IsCorrupt()
    {
        AnswerDifference difference = Compare([0, 1, 2], [Rows[0], Rows[1], [0, 0.1f, 4]]);
        Assert.Equal(Outcome.Corrupt, difference.Outcome);
        Assert.Equal(new WrongRow(2, 1, 0, 0.1f, Allowed), difference.First);
    }

    [Fact]
    public void Compare_NotANumber_IsCorrupt() =>
        Assert.Equal(Outcome.Corrupt, Compare([0, 1, 2], [Rows[0], [float.NaN, 1, 0], Rows[2]]).Outcome);

    [Fact]
    public void Compare_OtherTokenOfEqualLikelihood_IsATieIfNoTraceIsLeft()
    {
        AnswerDifference difference = Compare([0, 0, 1], [Rows[0], [1.00001f, 1, 0], [0, 3, 0]], decodedPlain: [Rows[0], Rows[1], [0, 3, 0]]);
        Assert.Equal((Outcome.Tie, 1), (difference.Outcome, difference.Divergence));
        Assert.Equal(1e-5, difference.Gap!.Value, 7);
        Assert.Equal(10, difference.GapInNoise!.Value, 0);
    }

    [Fact]
    public void Compare_OtherTokenAndTraceAfterwards_IsCorrupt()
    {
        AnswerDifference difference = Compare([0, 0, 1], [Rows[0], [1.00001f, 1, 0], [0, 3, 0]], decodedPlain: [Rows[0], Rows[1], [0, 2.9f, 0]]);
        Assert.Equal((Outcome.Corrupt, 2), (difference.Outcome, difference.First!.Token));
    }

    [Fact]
    public void Compare_AnswerThatEndsEarly_IsCorrupt() =>
        Assert.Equal(Outcome.Corrupt, Compare([0, 1], [Rows[0], Rows[1]]).Outcome);

    [Fact]
    public void Compare_RouterTie_ProvesNothing()
    {
        PlainAnswer tied = Plain with { Rows = [.. Plain.Rows.Select(row => row with { IsRouterTie = true })] };
        var drafted = new DraftedAnswer([new(0, [5, 3, 0], 0), new(1, [0, 1, 0], 1), new(2, [0, 0, 1], 2)], []);
        AnswerDifference difference = new AnswerComparison((_, _) => []).Compare(tied, drafted);
        Assert.Equal((Outcome.Same, 0), (difference.Outcome, difference.Rows));
    }

    private static AnswerDifference Compare(int[] tokens, float[][] rows, float[][]? decodedPlain = null) =>
        new AnswerComparison((prompt, answer) =>
        {
            Assert.Equal(Plain.Prompt, prompt);
            Assert.Equal(tokens, answer);
            return decodedPlain!;
        }).Compare(Plain, new DraftedAnswer([.. tokens.Select((token, i) => new ChosenToken(token, rows[i], i))], []));
}
