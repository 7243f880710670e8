using Gdn.Harness.Campaigns;
using Gdn.Harness.Engines.Reference;
using Gdn.Harness.Kernels.Cases;
using Gdn.Harness.Kernels.Checks;
using Gdn.Properties.Harness.Kernels.Checks;
using Gdn.Reference.Kernels;
using Xunit;

namespace Gdn.Properties.Harness.Campaigns;

public class KernelCaseRunnerTests
{
    [Fact]
    public void Run_MutantOfOneSequence_ShrinksToTwoSequencesOfOneToken()
    {
        IKernelEngine mutant = KernelMutants.All.Single(m => m.Name == "seq-1-starts-from-seq-0");

        KernelCaseResults result = new KernelCaseRunner(Seed: 6, Cases: 50) { MaxFailures = 1 }.Run(
            mutant, cancellation: TestContext.Current.CancellationToken);

        KernelFinding finding = result.Findings[0];
        KernelShape shape = finding.Case.Shape;
        Assert.Equal((2, 1, 1), (shape.Sequences, shape.Rule.Tokens, shape.Rule.ValueHeads));
        Assert.InRange(shape.Rule.KeyDim, 1, 4);
        Assert.NotEmpty(KernelCheck.Run(mutant, KernelCase.Parse(finding.Case.ToString())).Findings);
    }

    [Fact]
    public void Run_MutantAtChunkStart_ShrinksToTheFirstTokenThatFails()
    {
        IKernelEngine mutant = KernelMutants.All.Single(m => m.Name == "reset-at-chunk");

        KernelCaseResults result = new KernelCaseRunner(Seed: 6, Cases: 500) { MaxFailures = 1 }.Run(
            mutant, cancellation: TestContext.Current.CancellationToken);

        Assert.Equal(KernelMutants.Chunk + 1, result.Findings[0].Case.Shape.Rule.Tokens);
    }

    [Fact]
    public void Run_Shards_CoverTheCampaignOnce()
    {
        using var engine = new Recording();
        var campaign = new KernelCaseRunner(Seed: 7, Cases: 20) { MaxWork = 20_000 };
        campaign.Run(engine, cancellation: TestContext.Current.CancellationToken);
        string[] whole = [.. engine.Seen.Distinct().Order()];
        engine.Seen.Clear();

        for (int shard = 0; shard < 3; shard++)
            (campaign with { Shard = shard, Shards = 3 }).Run(engine, cancellation: TestContext.Current.CancellationToken);

        Assert.Equal(whole, engine.Seen.Distinct().Order());
    }

    [Fact]
    public void Run_Cancelled_ReturnsWhatWasDone()
    {
        using var source = new CancellationTokenSource();
        using var engine = new ReferenceKernelEngine();
        var progress = new List<(int, int)>();

        KernelCaseResults result = new KernelCaseRunner(Seed: 8, Cases: 1000).Run(
            engine,
            (done, failed) =>
            {
                progress.Add((done, failed));
                if (done == 3) source.Cancel();
            },
            source.Token);

        Assert.Equal(3, result.Cases);
        Assert.Equal([(1, 0), (2, 0), (3, 0)], progress);
        Assert.Equal(3, result.Regimes.Values.Sum(r => r.Cases));
    }

    private sealed class Recording() : TokenwiseEngine("recording")
    {
        public List<string> Seen { get; } = [];

        public override void Run(in KernelCall call)
        {
            Seen.Add($"{call.Shape} {call.V[0]}");
            base.Run(call);
        }
    }
}
