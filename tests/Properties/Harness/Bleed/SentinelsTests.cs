using Gdn.Harness.Bleed;
using Gdn.Harness.Campaigns;
using Gdn.Harness.Findings;
using Gdn.Harness.Reports;
using Gdn.Harness.Traffic;
using Gdn.Properties.Harness.Clients;
using Xunit;

namespace Gdn.Properties.Harness.Bleed;

/// <summary>What rounds leave behind, so that the server is wrong alone.</summary>
public sealed class SentinelsTests
{
    /// <summary>Three requests at once, and every state is wrong from then on, until the server is restarted.</summary>
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Run_PoisonedForGood_IsDirtyAndNamesTheRound(bool reportsLogProbabilities)
    {
        bool poisoned = false;
        var server = new ToyClient(4)
        {
            ReportsLogProbabilities = reportsLogProbabilities,
            Spoil = active => poisoned |= active.Count >= 3,
            Start = (_, _) => poisoned ? 9UL : 0,
        };
        LiveBleedResult result = await ToySweep.RunAsync(server, np: [2, 3], scenarios: [Scenario.Steady, Scenario.Ragged]);

        Assert.Equal(
            [Verdict.Clean, Verdict.Clean, Verdict.Dirty, Verdict.Inconclusive], result.Rows.Select(row => row.Verdict));
        Assert.Equal(
            "state outlives requests: 4 of 4 prompts that were answered alone, twice alike, before this round are answered "
            + "otherwise after it, alone too (round 1 of steady, np 3)",
            result.Rows[2].Basis);
        Assert.StartsWith("the server is wrong alone, too, since round 1 of steady at np 3", result.Rows[3].Basis, StringComparison.Ordinal);
        Finding finding = Evidence.Finding(Assert.Single(result.Dirty), server.Info, seed: 3);
        Assert.Equal("live-bleed/state-outlives-requests", finding.Fingerprint);
        Assert.Equal(4, finding.Steps.Count(line => line.Contains("before:", StringComparison.Ordinal)));
    }

    /// <summary>The first request after others have been there meets what they have left, and clears it.</summary>
    [Fact]
    public async Task Run_FirstAnswerAfterTheRoundIsWrong_IsDirty()
    {
        bool dirty = false;
        LiveBleedResult result = await ToySweep.RunAsync(
            new ToyClient(4)
            {
                Spoil = active => dirty |= active.Count >= 3,
                Start = (request, _) =>
                {
                    bool isFirst = dirty && request.Purpose == "solo";
                    dirty &= !isFirst;
                    return isFirst ? 9UL : 0;
                },
            },
            np: [2, 3], scenarios: [Scenario.Steady]);
        Assert.Equal([Verdict.Clean, Verdict.Dirty], result.Rows.Select(row => row.Verdict));
        Assert.Equal(2, result.Rows[1].DirtyRounds);
        Assert.Contains("asked once more, as before", result.Rows[1].Basis, StringComparison.Ordinal);
    }

    /// <summary>A server that says now this and now that was never stable, and is not accused.</summary>
    [Fact]
    public async Task Run_AnswersVaryAnyway_NothingIsLeftBehind()
    {
        ulong asked = 0;
        LiveBleedResult result = await ToySweep.RunAsync(
            new ToyClient(3) { Start = (_, _) => ++asked }, np: [3], scenarios: [Scenario.Steady]);
        Assert.Empty(result.Dirty);
        Assert.Equal(Verdict.Inconclusive, Assert.Single(result.Rows).Verdict);
    }

    [Fact]
    public async Task Run_PromptAnsweredOtherwiseForGood_IsDirtyThoughItAgreesWithTheRound()
    {
        var changed = new HashSet<string>();
        LiveBleedResult result = await ToySweep.RunAsync(
            new ToyClient(3)
            {
                Start = (request, _) =>
                {
                    if (request.Purpose.EndsWith("request 1", StringComparison.Ordinal)) changed.Add(request.Prompt.Key);
                    return changed.Contains(request.Prompt.Key) ? 9UL : 0;
                },
            },
            np: [3], scenarios: [Scenario.Steady]);
        LiveBleedRow row = Assert.Single(result.Rows);
        Assert.Equal(
            (Verdict.Dirty, "the prompt's answer has changed for good: alone, too, it is this one since the round"),
            (row.Verdict, row.Basis));
    }
}
