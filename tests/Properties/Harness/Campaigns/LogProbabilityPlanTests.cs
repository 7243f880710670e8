using Gdn.Harness.Campaigns;
using Gdn.Harness.Reports;
using Gdn.Harness.Traffic;
using Gdn.Properties.Harness.Clients;
using Gdn.Reference;
using Xunit;

namespace Gdn.Properties.Harness.Campaigns;

/// <summary>Rounds that are played without asking for log-probabilities: what asking hides, and no false alarm.</summary>
public sealed class LogProbabilityPlanTests
{
    private static Task<LiveBleedResult> SweepAsync(ToyClient server, LogProbabilityPlan plan) => ToyClient.RunAsync(
        () => LiveBleedCampaign.SweepAsync(
            new LiveBleedOptions(
                server, Seed: 3, [2, 3], [Scenario.Steady, Scenario.Ragged], Rounds: 4, new RoundSizes(Answer: 24, Ubatch: 80))
            {
                Vocabulary = ToyClient.Vocabulary,
                LogProbabilities = plan,
            },
            null, CancellationToken.None));

    // Somebody else's state, where nobody asks for log-probabilities.
    private static void SpoilBare(IReadOnlyList<ToyClient.Job> active)
    {
        if (active is [{ Request.Candidates: 0, Tokens.Count: > 2 and < 20 } victim, var donor, ..]) victim.State = donor.State;
    }

    [Fact]
    public async Task Mixed_BugOnlyWithoutLogProbabilities_IsDirty()
    {
        LiveBleedResult result = await SweepAsync(new ToyClient(4) { Noise = 0.003, Spoil = SpoilBare }, LogProbabilityPlan.Mixed);
        Assert.All(result.Rows, row => Assert.Equal((Verdict.Dirty, 1), (row.Verdict, row.DirtyRounds)));
        Assert.All(result.Dirty, dirty => Assert.Equal(0, dirty.Round.Candidates));
    }

    [Fact]
    public async Task Usual_BugOnlyWithoutLogProbabilities_IsNotSeen()
    {
        LiveBleedResult result = await SweepAsync(new ToyClient(4) { Spoil = SpoilBare }, LogProbabilityPlan.Usual);
        Assert.All(result.Rows, row => Assert.Equal(Verdict.Clean, row.Verdict));
    }

    /// <summary>Gaps are asked for where answers part, so that a near-tie passes although the answers have no numbers.</summary>
    [Theory]
    [InlineData(0)]
    [InlineData(0.02)]
    public async Task Mixed_RightServer_IsClean(double noise)
    {
        LiveBleedResult result = await SweepAsync(new ToyClient(4) { Noise = noise }, LogProbabilityPlan.Mixed);
        Assert.True(result.Rows.All(row => row is { Verdict: Verdict.Clean, Rounds: 4 }), string.Join('\n', result.Rows));
    }

    [Fact]
    public async Task None_AsksNever()
    {
        int asked = 0;
        var server = new ToyClient(4) { Asked = request => asked = Math.Max(asked, request.Candidates), Spoil = SpoilBare };
        LiveBleedResult result = await SweepAsync(server, LogProbabilityPlan.Parse("--logprobs", "none"));
        Assert.Equal(0, asked);
        Assert.All(result.Rows, row => Assert.Equal(Verdict.Dirty, row.Verdict));
    }

    [Fact]
    public void Both_OneRoundInFourIsWithout() => Assert.All(
        Scenarios.OnServers,
        scenario => Assert.Single(Enumerable.Range(0, 4), round => LogProbabilityPlan.Mixed.CandidatesIn(scenario, round) == 0));

    [Theory]
    [InlineData("none")]
    [InlineData("both")]
    [InlineData("5")]
    public void Parse_AValue_IsWrittenTheSame(string text) =>
        Assert.Equal(text, LogProbabilityPlan.Parse("--logprobs", text).ToString());

    [Theory]
    [InlineData("0")]
    [InlineData("-1")]
    [InlineData("1001")]
    [InlineData("all")]
    public void Parse_AnythingElse_IsRefused(string text) =>
        Assert.Throws<InputException>(() => LogProbabilityPlan.Parse("--logprobs", text));
}
