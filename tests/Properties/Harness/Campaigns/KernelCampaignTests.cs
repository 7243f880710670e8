using Gdn.Harness.Campaigns;
using Gdn.Harness.Engines;
using Gdn.Harness.Findings;
using Gdn.Harness.Reports;
using Gdn.Properties.Support;
using Xunit;

namespace Gdn.Properties.Harness.Campaigns;

public class KernelCampaignTests
{
    [Fact]
    public async Task Run_KnownFindings_DoNotFailOrStopIt()
    {
        using NamedEngine engine = EngineCatalog.Parse("cpu+fault:chunk-tail-gate-zero");
        var campaign = new KernelCampaign(engine, new KernelCaseRunner(Seed: 1, Cases: 20) { MaxWork = 10_000, MaxFailures = 1 });
        Part dirty = await campaign.RunAsync(new NoProgress(), TestContext.Current.CancellationToken);
        Assert.Equal(Verdict.Dirty, dirty.Verdict);

        Part all = await RunAsync(new FindingPolicy { MaxFindings = 100 });
        var known = new KnownFindings([.. all.Findings.Select(finding => new KnownFinding(finding.Fingerprint!, "issue 7"))]);
        Part clean = await RunAsync(new FindingPolicy { Known = known });
        Assert.Equal(Verdict.Clean, clean.Verdict);
        Assert.All(clean.Findings, finding => Assert.Equal("issue 7", finding.KnownReason));
        Assert.Equal(20, clean.Tables.Single().Only("cases").Rows.Sum(row => (int)row[0].Value!));

        Task<Part> RunAsync(FindingPolicy policy) =>
            (campaign with { Policy = policy }).RunAsync(new NoProgress(), TestContext.Current.CancellationToken);
    }

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
