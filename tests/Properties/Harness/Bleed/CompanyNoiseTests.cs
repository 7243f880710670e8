using Gdn.Harness.Campaigns;
using Gdn.Harness.Clients;
using Gdn.Harness.Reports;
using Gdn.Harness.Traffic;
using Gdn.Properties.Harness.Clients;
using Xunit;

namespace Gdn.Properties.Harness.Bleed;

/// <summary>Batches of other width move log-probabilities; a bleed of the same size is not learnt as noise.</summary>
public sealed class CompanyNoiseTests
{
    private static async Task<LiveBleedResult> SweepAsync(ToyClient server, int rounds = 4) =>
        await ToySweep.RunAsync(server, rounds, np: [4], [Scenario.Ragged, Scenario.Churn, Scenario.Steady]);

    /// <summary>As llama-server does with a prompt of 4 tokens: 0.0025 nats, in company only, and only there.</summary>
    [Fact]
    public async Task Run_ShortPromptsMoveInWideBatches_IsCleanAndSaysSo()
    {
        LiveBleedResult result = await SweepAsync(new ToyClient(4)
        {
            NoiseAmong = (request, width) => width > 1 && request.Prompt.Tokens!.Count <= 8 ? 0.0025 : 1e-6,
        });
        Assert.True(result.Rows.All(row => row.Verdict == Verdict.Clean), ToySweep.Text(result));
        Assert.True(result.NoiseInCompany is { Largest: > 0.001 and < 0.01 }, "nothing needed it, so nothing was shown");
    }

    /// <summary>A server that is wrong in all company has no company to be compared with; its size gives it away.</summary>
    [Fact]
    public async Task Run_WrongInAllCompany_IsDirty()
    {
        LiveBleedResult result = await SweepAsync(
            new ToyClient(4) { NoiseAmong = (_, width) => width > 1 ? 0.1 : 1e-6 }, rounds: 1);
        Assert.True(result.Rows.All(row => row.Verdict == Verdict.Dirty), ToySweep.Text(result));
        Assert.Null(result.NoiseInCompany);
    }

    /// <summary>As small as that noise, but from others: copies of the prompt do not show it.</summary>
    [Fact]
    public async Task Run_SmallBleed_IsDirty()
    {
        LiveBleedResult result = await SweepAsync(new ToyClient(4) { Noise = 1e-6, Said = Tinged }, rounds: 1);
        Assert.True(result.Rows.All(row => row.Verdict == Verdict.Dirty), ToySweep.Text(result));
        Assert.Null(result.NoiseInCompany);
    }

    // A thousandth of what a neighbour of another prompt has in mind.
    private static ServedToken Tinged(ToyClient.Job job, IReadOnlyList<ToyClient.Job> active, ServedToken token)
    {
        if (active.FirstOrDefault(other => other.Request.Prompt.Key != job.Request.Prompt.Key) is not { } neighbour) return token;
        double[] theirs = ToyClient.LogProbabilities(neighbour.State, () => 0);
        return token with
        {
            Candidates = [.. token.Candidates.Select(c => c with
            {
                LogProbability = 0.999 * c.LogProbability + 0.001 * theirs[c.Id!.Value],
            })],
        };
    }
}
