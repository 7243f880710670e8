using Gdn.Harness.Campaigns;
using Gdn.Harness.Engines;
using Gdn.Harness.Reports;
using Gdn.Properties.Support;
using Xunit;

namespace Gdn.Properties.Harness.Campaigns;

public class KernelCampaignTests
{
    // There are more kinds of inputs than that.
    [Fact]
    public async Task Run_FewCases_HasRowsOnlyOfWhatWasRun()
    {
        using NamedEngine engine = EngineCatalog.Parse("reference");
        var campaign = new KernelCampaign(engine, new KernelCaseRunner(Seed: 1, Cases: 4));
        Part part = await campaign.RunAsync(new NoProgress(), TestContext.Current.CancellationToken);

        Assert.Equal(Verdict.Clean, part.Verdict);
        Table rows = Assert.Single(part.Tables).Only("verdict", "cases");
        Assert.InRange(rows.Rows.Count, 1, 4);
        Assert.All(rows.Rows, row => Assert.Equal((object)Verdict.Clean, row[0].Value));
        Assert.Equal(4, rows.Rows.Sum(row => (int)row[1].Value!));
    }
}
