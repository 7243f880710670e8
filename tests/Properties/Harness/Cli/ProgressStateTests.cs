using Gdn.Harness.Cli;
using Gdn.Harness.Reports;
using Gdn.Properties.Support;
using Xunit;

namespace Gdn.Properties.Harness.Cli;

public sealed class ProgressStateTests
{
    private readonly ManualTime _time = new();

    [Fact]
    public void Steps_TellHowLongTheRestTakes()
    {
        var state = new ProgressState("part 2 of 4", _time);
        state.Begin("kernel cases", 10);
        Assert.Equal("part 2 of 4, kernel cases: 0 of 10, 0 s so far", state.ToString());
        _time.Advance(TimeSpan.FromSeconds(30));
        state.Found();
        state.Step();
        state.Step();
        Assert.Equal(("part 2 of 4, kernel cases: 2 of 10, 1 dirty, 2 min 0 s left", 0.2), (state.ToString(), state.Share));
    }

    [Fact]
    public void WhatTheCampaignExpects_CountsInstead()
    {
        var state = new ProgressState(part: null, _time);
        state.Begin("rounds", 10);
        state.Step();
        state.Expect(steps: 3, TimeSpan.FromSeconds(90));
        _time.Advance(TimeSpan.FromSeconds(20));
        Assert.Equal("rounds: 1 of 4, 1 min 10 s left", state.ToString());
    }

    [Theory]
    [InlineData(0, "0 s")]
    [InlineData(7.2, "8 s")]
    [InlineData(160, "2 min 40 s")]
    [InlineData(4800, "1 h 20 min")]
    public void Durations_HaveTwoUnits(double seconds, string text) =>
        Assert.Equal(text, DurationText.Of(TimeSpan.FromSeconds(seconds)));
}
