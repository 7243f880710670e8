using Gdn.Harness;
using Gdn.Harness.Campaigns;
using Gdn.Harness.Engines;
using Gdn.Harness.Reports;
using Gdn.Harness.Throughput;
using Gdn.Properties.Support;
using Xunit;

namespace Gdn.Properties.Harness.Campaigns;

public class ThroughputReportTests
{
    // Times made by hand, of the second engine this much longer.
    private static Part Run(double slower, bool isWrong)
    {
        const int rounds = 20;
        var random = new SeededRandom(1);
        var samples = new SpeedSamples(engines: 2, workloads: 1);
        for (int i = 0; i < rounds; i++)
        {
            for (int engine = 0; engine < 2; engine++)
            {
                double seconds = (engine == 0 ? 1 : 1 + slower) * (1 + 0.002 * random.NextGaussian());
                samples.Add(engine, 0, new WorkloadTimes(new PhaseTime(seconds, 0), new PhaseTime(1 + 0.002 * random.NextGaussian(), 0)));
            }

            samples.Complete();
        }

        var campaign = new ThroughputCampaign(
            [EngineCatalog.Parse("reference"), EngineCatalog.Parse("cpu")], SampleModels.Qwen35, [new Workload(1, [0], 0, 8, 8)], rounds, Seed: 1)
        {
            Margin = 0.05,
            SlowerIsWrong = isWrong,
        };
        return new ThroughputReport(campaign, ["reference", "cpu"], samples).ToPart();
    }

    [Theory]
    [InlineData(0.2, true, Verdict.Dirty, "1 of 2 speeds are lower")]
    [InlineData(0.01, true, Verdict.Clean, "20 rounds; 2 ratios resolved at 5%")]
    [InlineData(-0.2, true, Verdict.Clean, "20 rounds; 2 ratios resolved at 5%")]
    [InlineData(0.2, false, Verdict.Clean, "20 rounds; 2 ratios resolved at 5%")]
    public void ToPart_SlowerEngine_IsDirtyWhereThatIsWrong(double slower, bool isWrong, Verdict verdict, string basis)
    {
        Part part = Run(slower, isWrong);
        Assert.Equal((verdict, basis), (part.Verdict, part.Basis));
        Assert.Equal(verdict == Verdict.Dirty ? ["throughput/slower/pp/n1"] : [], part.Findings.Select(finding => finding.Fingerprint));
    }
}
