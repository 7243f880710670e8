using Gdn.Harness.Campaigns;
using Gdn.Harness.Engines.Cpu;
using Gdn.Harness.Kernels.Timing;
using Gdn.Reference.Kernels;
using Gdn.Reference.Operators;
using Xunit;

namespace Gdn.Properties.Harness.Campaigns;

public class KernelTimingCampaignTests
{
    private static readonly TimedEngine Cpu = new("cpu", threads => new CpuKernelEngine(threads));

    private static KernelShape Shape(int sequences, int tokens) => new(
        new DeltaRuleShape(tokens, KeyHeads: 1, ValueHeads: 2, KeyDim: 16, ValueDim: 16), sequences, Planes: 0,
        HeadMap.Tiled, sequences);

    private static KernelTimingCampaign Campaign(params TimedEngine[] engines) =>
        new(engines, [Shape(1, 1), Shape(1, 4), Shape(4, 1), Shape(2, 2)], Threads: [1], Rounds: 2, Seed: 1)
        {
            Sample = TimeSpan.Zero,
        };

    [Fact]
    public void Run_TwoEngines_TimesEachShapeAndComparesEqualTokens()
    {
        KernelTimingCampaign campaign = Campaign(Cpu, Cpu with { Name = "again" });
        int steps = 0;

        KernelTimingResult result = campaign.Run(() => steps++, CancellationToken.None);

        Assert.True(result.Completed);
        Assert.Equal(campaign.Steps, steps);
        Assert.Equal(8, result.Timings.Count);
        foreach (KernelTiming timing in result.Timings)
        {
            Assert.True(timing.Seconds > 0 && timing.Limit.Seconds > 0, timing.ToString());
            Assert.Equal(timing.Engine == "again", timing.AgainstFirst is not null);
        }

        (string, int, int)[] batching = [.. result.Batching.Select(c => (c.Engine, c.Shape.Sequences, c.Against.Sequences))];
        Assert.Equal([("cpu", 2, 1), ("again", 2, 1), ("cpu", 4, 1), ("again", 4, 1)], batching);
        Assert.All(result.Ratios, ratio => Assert.Equal(2, ratio.Rounds));
    }

    [Fact]
    public void Run_WrongKernel_TimesNothing()
    {
        var wrong = new WrongEngine();
        KernelTimingResult result = Campaign(Cpu, new TimedEngine("wrong", _ => wrong)).Run(() => { }, CancellationToken.None);

        Assert.NotEmpty(result.Findings);
        Assert.All(result.Findings, finding => Assert.Equal("wrong", finding.Engine));
        Assert.Empty(result.Timings);
    }

    [Fact]
    public void Run_Cancelled_IsNotComplete()
    {
        using var source = new CancellationTokenSource();
        int steps = 0;
        KernelTimingResult result = Campaign(Cpu).Run(
            () =>
            {
                if (++steps == 6) source.Cancel();
            },
            source.Token);
        Assert.False(result.Completed);
        Assert.Empty(result.Timings);
    }

    [Fact]
    public void Limit_CountsWhatACallMustMoveAndCompute()
    {
        // Two sequences of three tokens, one key head and two value heads of 16: states 2 x 2 x 256, in and out.
        KernelShape shape = Shape(sequences: 2, tokens: 3);
        int keys = 2 * 2 * 3 * 16, values = 2 * 2 * 3 * 2 * 16, gatesAndBetas = 2 * 2 * 3 * 2;
        Assert.Equal(4 * (2 * 2 * 2 * 256 + keys + values + gatesAndBetas), KernelLimit.BytesOf(shape));
        Assert.Equal(3.0 * 2 * 3 * 2 * 256, KernelLimit.MultiplyAddsOf(shape));
        Assert.Equal("FMA", new KernelLimit(MemorySeconds: 1, ArithmeticSeconds: 2).Bound);
        Assert.Equal(3, new KernelLimit(MemorySeconds: 3, ArithmeticSeconds: 2).Seconds);
    }

    private sealed class WrongEngine : ITimedKernelEngine
    {
        private readonly CpuKernelEngine _right = new();

        public string Name => "wrong";

        public string Version => "0";

        public KernelPrecision Precision => KernelPrecision.AllF32;

        public bool Supports(in KernelShape shape) => true;

        public void Run(in KernelCall call)
        {
            _right.Run(call);
            if (call.Shape.Sequences == 4) call.Output[^1] += 1e-3f;
        }

        public IPreparedKernel Prepare(in KernelCall call) => _right.Prepare(call);

        public void Dispose()
        {
        }
    }
}
