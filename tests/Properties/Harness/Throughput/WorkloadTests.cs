using Gdn.Harness.Engines;
using Gdn.Harness.Throughput;
using Gdn.Properties.Harness.Engines.Native;
using Gdn.Properties.Support;
using Gdn.Reference.Batches;
using Gdn.Reference.Engines;
using Xunit;

namespace Gdn.Properties.Harness.Throughput;

public class WorkloadTests
{
    /// <summary>Remembers what it was given.</summary>
    private sealed class Listening(IModelEngine inner) : ForwardingEngine(inner)
    {
        public List<TokenBatch> Batches { get; } = [];

        public override void Decode(TokenBatch batch, Span<float> logits)
        {
            Batches.Add(batch);
            base.Decode(batch, logits);
        }
    }

    private static EngineOptions Options(int slots) => SampleModels.Qwen35.Options(slots, planes: 1);

    private static (TokenBatch[] Batches, int[] Left) Play(Workload workload, int batchTokens)
    {
        using NamedEngine cpu = EngineCatalog.Parse("cpu");
        using var engine = new Listening(cpu.Create(Options(workload.Slots)));
        WorkloadTimes times = WorkloadRunner.Time(engine, workload, batchTokens);
        Assert.True(times.Prompt.Seconds > 0 && times.Answer.Seconds > 0, $"{times}");
        return ([.. engine.Batches], [.. Enumerable.Range(0, workload.Slots).Select(engine.NextPosition)]);
    }

    [Fact]
    public void Time_FeedsDepthPromptAndAnswer_InBatchesThatFit()
    {
        (TokenBatch[] batches, int[] left) = Play(new Workload(Slots: 3, [0, 1, 2], Depth: 5, Prompt: 8, Answer: 3), batchTokens: 12);

        Assert.Equal([12, 3, 12, 12, 3, 3, 3], batches.Select(batch => batch.Count));
        Assert.Equal([0, 0, 0, 3, 3, 3, 3], batches.Select(batch => batch.OutputCount).Select((count, i) => i == 1 ? 0 : count));
        Assert.All(left, position => Assert.Equal(0, position));
    }

    [Fact]
    public void Time_SlotsWithAGap_LeavesTheOneBetweenIdle()
    {
        (TokenBatch[] batches, int[] left) = Play(new Workload(Slots: 4, [0, 2], Depth: 2, Prompt: 4, Answer: 2), batchTokens: 64);

        Assert.Equal([0, 1, 2], Sequences(batches[0]));
        Assert.All(batches[1..], batch => Assert.Equal([0, 2], Sequences(batch)));
        Assert.All(left, position => Assert.Equal(0, position));
    }

    [CCompilerFact]
    public void Time_ForeignEngine_IsTimedWhereItRuns()
    {
        using NamedEngine native = EngineCatalog.Parse("native:" + NativeSources.Build("model.c", "WRITE_NOTHING"));
        using IModelEngine engine = native.Create(Options(2));
        Assert.IsAssignableFrom<ITimedElsewhere>(engine);

        WorkloadTimes times = WorkloadRunner.Time(engine, new Workload(Slots: 2, [0, 1], Depth: 3, Prompt: 4, Answer: 5), batchTokens: 64);

        Assert.True(times.Prompt.Wall > 0 && times.Answer.Wall > 0 && FixedWork.Time(engine).Wall > 0, $"{times}");
    }

    [Fact]
    public void Of_Grid_HoldsWhatAReviewerAsksFor()
    {
        IReadOnlyList<Workload> grid = WorkloadGrid.Of([1, 4], [0, 9], prompt: 16, answer: 8);

        Assert.Equal(
            ["1 0", "1 9", "4 0", "4 9", "1 of 4 0", "2 of 4 1", "{0,2} of 4 1"],
            grid.Select(workload => $"{workload.Sequences} {workload.Depth}"));
        Assert.Equal(
            ["1 of 4 against 1", "{0,2} of 4 against 2 of 4"],
            from workload in grid
            let plain = WorkloadGrid.PlainFormOf(workload, grid)
            where plain is not null
            select $"{workload.Sequences} against {plain.Sequences}");
        Assert.Equal(["1 0"], WorkloadGrid.Of([1], [0], 16, 8).Select(workload => $"{workload.Sequences} {workload.Depth}"));
    }

    private static int[] Sequences(TokenBatch batch) => [.. batch.Tokens.ToArray().Select(token => token.Sequence).Distinct()];
}
