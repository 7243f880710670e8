using Gdn.Harness.Bleed;
using Gdn.Harness.Campaigns;
using Gdn.Harness.Reports;
using Gdn.Harness.Traffic;
using Gdn.Properties.Harness.Clients;
using Xunit;

namespace Gdn.Properties.Harness.Campaigns;

/// <summary>What a row says of a server that takes fewer requests at once than the row needs.</summary>
public sealed class LiveBleedCellTests
{
    private static LiveBleedCell Cell() => new(
        3, Scenario.Steady, new LiveBleedOptions(new ToyClient(3), 1, [3], [Scenario.Steady], Rounds: 4, new RoundSizes()));

    private static RoundResult Result(int overlap, BusyRefusals? refused) =>
        new(new LiveRound(Scenario.Steady, 3, []), [], [], 0, 90, 90, overlap, null, null) { Refused = refused };

    [Fact]
    public void RoundRefusedForWantOfRoom_EndsTheRowWithTheCause()
    {
        LiveBleedCell cell = Cell();
        RoundResult result = Result(overlap: 1, new BusyRefusals(2, 429));
        Assert.False(cell.WasDoneTooSoon(result));
        cell.Add(result);
        Assert.False(cell.IsOpen);
        LiveBleedRow row = cell.ToRow(null, null);
        Assert.Equal(Verdict.Inconclusive, row.Verdict);
        Assert.Equal("the server refused 2 requests with 429: it takes only 1 at a time", row.Basis);
        Assert.Equal("the server refused 1 request with 429: it takes only 2 at a time", new BusyRefusals(1, 429).Cause(2));
    }

    /// <summary>A server may be full for other reasons for a moment; what counts is how many it answered at once.</summary>
    [Fact]
    public void RoundRefusedOnce_WithAllAnsweredAtOnce_Counts()
    {
        LiveBleedCell cell = Cell();
        cell.Add(Result(overlap: 3, new BusyRefusals(1, 503)));
        Assert.True(cell.IsOpen);
    }

    [Fact]
    public void RoundDoneTooSoon_IsPlayedWithLongerAnswers() => Assert.True(Cell().WasDoneTooSoon(Result(overlap: 2, null)));
}
