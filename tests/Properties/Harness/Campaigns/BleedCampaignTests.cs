using Gdn.Harness.Campaigns;
using Gdn.Harness.Models;
using Gdn.Harness.Traffic;
using Gdn.Properties.Support;
using Gdn.Reference.Engines;
using Xunit;

namespace Gdn.Properties.Harness.Campaigns;

public class BleedCampaignTests
{
    // Traffic is ragged and interleaved by nature; such an engine is given it in the parts that it takes.
    [Fact]
    public void Run_EngineOfPlainBatches_IsClean()
    {
        var capabilities = new EngineCapabilities
        {
            Rollback = RollbackSupport.None,
            Copies = false,
            Snapshots = false,
            RaggedBatches = BatchHandling.Refused,
            InterleavedBatches = BatchHandling.Refused,
        };
        LoadedModel model = LoadedModel.Load("synth:qwen35:1:tiny");
        Scenario[] scenarios = [Scenario.Steady, Scenario.Churn];
        var campaign = new BleedCampaign(
            new BleedOptions(new RestrictedFactory(capabilities), model, Seed: 1, [3], scenarios, Rounds: 2));
        BleedResult result = campaign.Run(roundDone: null, CancellationToken.None);

        Assert.True(result.Completed);
        Assert.Empty(result.Findings);
        Assert.All(result.Rows, row => Assert.True(row.Rows > 20, $"{row.Scenario}: only {row.Rows} rows"));
        Assert.Equal(["copies", "interleaved batches", "ragged batches", "rollbacks", "snapshots"], result.Undeclared);
    }

    // Prompts are up to 24 tokens long.
    [Fact]
    public void Run_EngineOfShortBatches_ComparesAsManyRows()
    {
        BleedResult expected = Run(new EngineCapabilities()), actual = Run(new EngineCapabilities { MaxBatchTokens = 5 });
        Assert.True(actual.Completed);
        Assert.Empty(actual.Findings);
        Assert.Equal(expected.Rows, actual.Rows);

        static BleedResult Run(EngineCapabilities capabilities) => new BleedCampaign(
            new BleedOptions(
                new RestrictedFactory(capabilities), LoadedModel.Load("synth:qwen35:1:tiny"), Seed: 1, [3],
                [Scenario.Steady, Scenario.Staggered, Scenario.Churn], Rounds: 2))
            .Run(roundDone: null, CancellationToken.None);
    }

    [Fact]
    public void Run_EngineOfShortSequences_RunsWhatItTakesAndSaysWhatItDoesNot()
    {
        BleedResult result = new BleedCampaign(
            new BleedOptions(
                new RestrictedFactory(new EngineCapabilities { MaxPositions = 16 }), LoadedModel.Load("synth:qwen35:1:tiny"), Seed: 1,
                [3], [Scenario.Steady, Scenario.Staggered, Scenario.Churn], Rounds: 2))
            .Run(roundDone: null, CancellationToken.None);

        Assert.True(result.Completed);
        Assert.Empty(result.Findings);
        Assert.All(result.Rows, row => Assert.True(row.Rows > 10, $"{row.Scenario}: only {row.Rows} rows"));
        Assert.Contains("sequences of more than 16 tokens", result.Undeclared);
    }
}
