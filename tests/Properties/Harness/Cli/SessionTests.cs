using Gdn.Harness.Campaigns;
using Gdn.Harness.Cli;
using Gdn.Harness.Reports;
using Xunit;

namespace Gdn.Properties.Harness.Cli;

/// <summary>A command at work.</summary>
public sealed class SessionTests
{
    // As when the engines of a run are ended because its time is over: the calls under way are cancelled, whoever waits for them.
    [Fact]
    public async Task RunAsync_TimeIsOverInTheMiddleOfACall_IsInconclusive()
    {
        using var timeOver = new CancellationTokenSource();
        var session = new Session("check", seed: 1, folder: null, new ReportTargets([])) { TimeOver = timeOver.Token };
        Verdict verdict = await session.RunAsync(new Endless(timeOver), CancellationToken.None);
        Assert.Equal(Verdict.Inconclusive, verdict);
        Assert.Equal((int)ExitCode.Inconclusive, await session.FinishAsync());
    }

    // What is cancelled although nobody has asked for it is a fault of the tool, not a verdict.
    [Fact]
    public async Task RunAsync_CancelledForNoReason_Fails()
    {
        using var timeOver = new CancellationTokenSource();
        var session = new Session("check", seed: 1, folder: null, new ReportTargets([]));
        await Assert.ThrowsAsync<OperationCanceledException>(() => session.RunAsync(new Endless(timeOver), CancellationToken.None));
    }

    private sealed record Endless(CancellationTokenSource TimeOver) : Campaign
    {
        public override string Name => "endless";

        public override IReadOnlyList<string> Head => ["endless"];

        protected override Task<Part> PlayAsync(ICampaignProgress progress, CancellationToken cancellation)
        {
            TimeOver.Cancel();
            throw new OperationCanceledException(TimeOver.Token);
        }
    }
}
