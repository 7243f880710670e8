using Gdn.Harness.Throughput;
using Gdn.Harness.Throughput.Servers;
using Xunit;

namespace Gdn.Properties.Harness.Throughput.Servers;

/// <summary>What the arrival of tokens says of a server's speed.</summary>
public sealed class RequestTimesTests
{
    private static readonly Workload Two = new(4, [0, 1], Depth: 0, Prompt: 8, Answer: 4);

    private static AnswerTiming Arriving(params (double Seconds, int Tokens)[] parts)
    {
        var timing = new AnswerTiming();
        foreach ((double seconds, int tokens) in parts) timing.Add(seconds, tokens);
        return timing;
    }

    // The second answer begins at 2: then three tokens of its own and two of the first one arrive until 5.
    [Fact]
    public void Of_TwoAnswers_CountsFromTheLastFirstToken()
    {
        WorkloadTimes times = RequestTimes.Of(
            Two, [Arriving((1, 1), (2, 1), (3, 1), (4, 1)), Arriving((2, 1), (3, 1), (4, 1), (5, 1))])!.Value;
        Assert.Equal(2, times.Prompt.Seconds);
        Assert.Equal(3.0 / 5 * 8, times.Answer.Seconds, 12);
    }

    // Shorter than was asked for, at the same rate.
    [Fact]
    public void Of_AnswerThatEndsEarly_IsAsLongAsOneThatDoesNot()
    {
        double Seconds(params (double, int)[] parts) => RequestTimes.Of(Two with { Active = [0] }, [Arriving(parts)])!.Value.Answer.Seconds;
        Assert.Equal(Seconds((1, 1), (2, 1), (3, 1), (4, 1)), Seconds((1, 1), (2, 1)), 12);
    }

    [Fact]
    public void Of_AnswersThatArriveAtOnce_IsNothing()
    {
        Assert.Null(RequestTimes.Of(Two, [Arriving((1, 4)), Arriving((1, 4))]));
        Assert.Null(RequestTimes.Of(Two, [Arriving((1, 1), (2, 3)), Arriving()]));
    }

    [Fact]
    public void Gaps_PartOfSeveralTokens_IsAsManyGaps() => Assert.Equal([0.5, 0.5, 2], Arriving((1, 1), (2, 2), (4, 1)).Gaps);

    [Fact]
    public void Latencies_OfRequests_AreTheirQuantiles()
    {
        var latencies = new Latencies();
        for (int i = 1; i <= 5; i++) latencies.Add(Arriving((i, 1), (i + 0.1 * i, 1)));
        Assert.Equal(5, latencies.Requests);
        Assert.Equal(3, latencies.FirstToken(0.5), 12);
        Assert.Equal(4.8, latencies.FirstToken(0.95), 12);
        Assert.Equal(0.3, latencies.BetweenTokens(0.5), 12);
    }

    [Fact]
    public void OnServer_SlotsThatCanBeNamed_LeaveAGap()
    {
        Assert.Equal(
            ["1 of 4", "2 of 4", "4", "{0,2} of 4"],
            WorkloadGrid.OnServer([1, 4], slots: 4, takesSlots: true, prompt: 8, answer: 4).Select(workload => workload.Sequences));
        Assert.Equal(
            ["1 of 3", "3"],
            WorkloadGrid.OnServer([1, 3], slots: null, takesSlots: false, prompt: 8, answer: 4).Select(workload => workload.Sequences));
    }
}
