using Gdn.Harness.Campaigns;
using Gdn.Harness.Clients;
using Gdn.Harness.Reports;
using Gdn.Harness.Traffic;
using Gdn.Properties.Harness.Clients;
using Xunit;

namespace Gdn.Properties.Harness.Bleed;

/// <summary>Servers that lose the last token of answers: alone, too, as some do with drafts, or in company only.</summary>
public sealed class LostEndsTests
{
    private static bool IsInRound(CompletionRequest request) => request.Purpose != "solo";

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Run_OneTokenShortAloneToo_IsClean(bool textIsWhole)
    {
        int asked = 0;
        LiveBleedResult result = await ToySweep.RunAsync(
            new ToyClient(3)
            {
                Lacks = _ => ++asked % 3 == 1 ? 1 : 0,
                TextIsWhole = textIsWhole,
            },
            rounds: 6, np: [3], scenarios: [Scenario.Steady, Scenario.Ragged]);
        Assert.True(result.Rows.All(row => row.Verdict == Verdict.Clean), ToySweep.Text(result));
    }

    [Fact]
    public async Task Run_OneTokenShortInCompanyOnly_IsDirty()
    {
        LiveBleedResult result = await ToySweep.RunAsync(
            new ToyClient(3) { Lacks = request => IsInRound(request) ? 1 : 0 }, np: [3], scenarios: [Scenario.Steady]);
        LiveBleedRow row = Assert.Single(result.Rows);
        Assert.Equal((Verdict.Dirty, "the answer ends after 23 of 24 tokens"), (row.Verdict, row.Basis));
    }

    /// <summary>Losing the last token is not a licence to lose half of the answer.</summary>
    [Fact]
    public async Task Run_OneTokenShortAloneAndManyInCompany_IsDirty()
    {
        LiveBleedResult result = await ToySweep.RunAsync(
            new ToyClient(3) { Lacks = request => IsInRound(request) ? 12 : 1 }, np: [3], scenarios: [Scenario.Steady]);
        LiveBleedRow row = Assert.Single(result.Rows);
        Assert.Equal((Verdict.Dirty, "the answer ends after 12 of 24 tokens"), (row.Verdict, row.Basis));
    }
}
