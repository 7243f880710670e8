using Gdn.Harness.Campaigns;
using Gdn.Harness.Engines.Cpu;
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
            cancellation: source.Token);

        Assert.Equal(3, result.Cases);
        Assert.Equal([(1, 0), (2, 0), (3, 0)], progress);
        Assert.Equal(3, result.Regimes.Values.Sum(r => r.Cases));
    }

    // Wrong only where small cases never come.
    [Theory]
    [InlineData("head size of real models", 1)]
    [InlineData("head size of real models", 2)]
    [InlineData("third tile of keys", 1)]
    [InlineData("head 16", 1)]
    [InlineData("head 16", 2)]
    [InlineData("long", 1)]
    [InlineData("one residue of a long prompt", 1)]
    [InlineData("one residue of a long prompt", 2)]
    [InlineData("one residue beside another", 1)]
    public void Run_WrongAtProductionSizesOnly_IsDirty(string fault, ulong seed)
    {
        using var engine = new WrongAt(rule => fault switch
        {
            "head size of real models" => rule.Rule is { KeyDim: 128, ValueDim: 128, Tokens: >= 8 } && rule.Rule.Tokens % 64 != 0,
            "third tile of keys" => rule.Rule.KeyDim is > 128 and not 256,
            "head 16" => rule.Rule.ValueHeads > 16,
            "long" => rule.Rule.Tokens > 256,
            "one residue of a long prompt" => rule.Rule.Tokens % 64 == 37 && rule.Rule.Tokens > 64,
            _ => rule.Rule.Tokens % 32 == 11 && rule.Sequences > 1 && rule.Rule is { Tokens: > 32, KeyDim: 128 },
        });

        KernelCaseResults result = new KernelCaseRunner(seed, Cases: 500) { Shapes = ShapeSelection.All, MaxFailures = 1 }.Run(
            engine, cancellation: TestContext.Current.CancellationToken);

        Assert.Equal(1, result.Failed);
        Assert.True(engine.IsWrong(result.Findings[0].Case.Shape), $"{result.Findings[0].Case}");
    }

    [Fact]
    public void Run_Sweep_IsCleanAndCountsWhatItCovers()
    {
        using var engine = new CpuKernelEngine();

        KernelCaseResults result = new KernelCaseRunner(Seed: 9, Cases: 1) { Shapes = ShapeSelection.Parse("production,T1..320") }.Run(
            engine, cancellation: TestContext.Current.CancellationToken);

        Assert.True(result.Failed == 0, string.Join("\n", result.Findings));
        Assert.Equal(result.Cases, result.Covered.Production);
        Assert.StartsWith(
            "T 257 from 1 to 320, n 1..8, Hk 6 from 1 to 32, Hv 8 from 1 to 64, K 9 from 64 to 256, V 9 from 64 to 256, p 0..5",
            result.Covered.Ranges, StringComparison.Ordinal);
        Assert.Equal("T 512; T 1000; T 2048; T 2049", result.Covered.Missing);
    }

    [Theory]
    [InlineData("random,K128,V128,T1..9", 40)]
    [InlineData("random,Hv16,Hk8,grouped,channel", 40)]
    public void Run_Shapes_KeepsToThem(string text, int cases)
    {
        using var engine = new Recording();
        ShapeSelection selection = ShapeSelection.Parse(text);

        KernelCaseResults result = new KernelCaseRunner(Seed: 9, cases) { Shapes = selection }.Run(
            engine, cancellation: TestContext.Current.CancellationToken);

        Assert.Equal(cases, result.Cases);
        Assert.Equal(0, result.Covered.Production);
        Assert.All(engine.Shapes, shape => Assert.True(selection.Allows(shape), $"{shape}"));
        Assert.InRange(engine.Shapes.Distinct().Count(), cases / 3, cases);
    }

    // The last entry of the last sequence's state, on certain shapes.
    private sealed class WrongAt(Predicate<KernelShape> isWrong) : IKernelEngine
    {
        private readonly CpuKernelEngine _engine = new();

        public string Name => "wrong-at";

        public KernelPrecision Precision => _engine.Precision;

        public bool IsWrong(KernelShape shape) => isWrong(shape);

        public bool Supports(in KernelShape shape) => _engine.Supports(shape);

        public void Run(in KernelCall call)
        {
            _engine.Run(call);
            int length = call.Shape.Rule.StateLength;
            if (isWrong(call.Shape)) call.Pool.Slice(call.Rows[^1] * length, length)[^1] += 1;
        }

        public void Dispose() => _engine.Dispose();
    }

    private sealed class Recording() : TokenwiseEngine("recording")
    {
        public List<string> Seen { get; } = [];

        public List<KernelShape> Shapes { get; } = [];

        public override void Run(in KernelCall call)
        {
            Seen.Add($"{call.Shape} {call.V[0]}");
            Shapes.Add(call.Shape);
            base.Run(call);
        }
    }
}
