using Gdn.Harness.Bleed.Oracle;
using Gdn.Harness.Clients;
using Gdn.Harness.Traffic;
using Xunit;

namespace Gdn.Properties.Harness.Bleed.Oracle;

/// <summary>When a request's first token came, by the tokens of another.</summary>
public sealed class FirstTokenTests
{
    private const double Pass = 10;

    private static LiveTranscript Of(int request, params double[] milliseconds)
    {
        TimeSpan[] arrivals = [.. milliseconds.Select(TimeSpan.FromMilliseconds)];
        return new LiveTranscript(
            request, RequestEnd.Answered, new Completion([], "", null, default), null, TimeSpan.Zero, arrivals[0], arrivals[^1])
        {
            Arrivals = arrivals,
        };
    }

    /// <summary>Its tokens come just before or just after those of the same passes; one of them late.</summary>
    [Theory]
    [InlineData(-0.4)]
    [InlineData(0.4)]
    public void Of_TokensOfOnePassInEitherOrder_CountsTheSamePass(double lag)
    {
        LiveTranscript first = Of(0, [.. Enumerable.Range(1, 20).Select(n => n * Pass)]);
        double[] own = [.. Enumerable.Range(7, 8).Select(n => n * Pass + lag)];
        own[3] += 0.9 * Pass;
        FirstToken start = FirstToken.Of(Of(1, own), [first, Of(1, own)]);
        Assert.Equal(0, start.Beside);
        Assert.Equal(7, start.Count);
    }

    [Fact]
    public void Of_AfterAnotherHasEnded_IsBesideNobody()
    {
        LiveTranscript first = Of(0, 10, 20), second = Of(1, 50, 60);
        FirstToken start = FirstToken.Of(second, [first, second]);
        Assert.Null(start.Beside);
        Assert.Equal([0], start.Before);
    }
}
