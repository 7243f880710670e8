using Gdn.Harness.Campaigns;
using Gdn.Harness.Clients;
using Gdn.Harness.Reports;
using Gdn.Harness.Traffic;
using Gdn.Properties.Harness.Clients;
using Xunit;

namespace Gdn.Properties.Harness.Bleed;

/// <summary>Requests that are answered alone and refused in company.</summary>
public sealed class RefusalTests
{
    private const string NaN = "POST /v1/completions: the server answers 400 Out of range float values are not JSON compliant: nan";

    private static async Task<LiveBleedRow> SweepAsync(string message, int? status, Func<CompletionRequest, bool> isRefused)
    {
        LiveBleedResult result = await ToySweep.RunAsync(
            new ToyClient(3)
            {
                Asked = request =>
                {
                    if (isRefused(request)) throw new BadAnswerException("toy", message) { Status = status };
                },
            },
            rounds: 4, np: [3], scenarios: [Scenario.Steady]);
        return Assert.Single(result.Rows);
    }

    private static bool IsSecondOfRound(CompletionRequest request) =>
        request.Purpose.EndsWith("request 1", StringComparison.Ordinal);

    [Theory]
    [InlineData(NaN, 400)]
    [InlineData("the answer has the number NaN, which JSON does not know", null)]
    [InlineData("the server answers 500 compute error", 500)]
    public async Task Run_RefusedInCompanyAgainAndAgain_IsDirty(string message, int? status)
    {
        LiveBleedRow row = await SweepAsync(message, status, IsSecondOfRound);
        Assert.True(row is { Verdict: Verdict.Dirty, Rounds: 4, DirtyRounds: 4 }, row.ToString());
        Assert.Equal($"refused in company, answered alone before and after: toy: {message}", row.Basis);
    }

    /// <summary>What has not to do with states: no room, no time, or once and never again.</summary>
    [Theory]
    [InlineData("the server answers 503 no slot is available", 503)]
    [InlineData("the server answers 500 Context size has been exceeded", 500)]
    [InlineData("no complete answer within 120 s", null)]
    public async Task Run_RefusedForWantOfRoom_IsInconclusive(string message, int? status)
    {
        LiveBleedRow row = await SweepAsync(message, status, IsSecondOfRound);
        Assert.True(row is { Verdict: Verdict.Inconclusive, DirtyRounds: 0 }, row.ToString());
        Assert.Contains(message, row.Basis, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Run_RefusedOnce_IsInconclusive()
    {
        int refused = 0;
        LiveBleedRow row = await SweepAsync(
            "the server answers 500 oh", 500, request => IsSecondOfRound(request) && ++refused == 1);
        Assert.True(row is { Verdict: Verdict.Inconclusive, DirtyRounds: 0 }, row.ToString());
    }

    /// <summary>A server that refuses a prompt whoever else is there does not refuse it for the company.</summary>
    [Fact]
    public async Task Run_RefusedAloneToo_IsNotTheCompany()
    {
        bool begun = false;
        LiveBleedRow row = await SweepAsync("the server answers 500 oh", 500, request => begun |= IsSecondOfRound(request));
        Assert.True(row.Verdict == Verdict.Dirty, row.ToString());
        Assert.StartsWith("state outlives requests: 4 of 4 prompts", row.Basis, StringComparison.Ordinal);
    }
}
