using FsCheck.Xunit;
using Gdn.Harness.Engines.Reference;
using Gdn.Harness.Schedules;
using Gdn.Harness.Schedules.Generation;
using Gdn.Properties.Support;
using Gdn.Reference;
using Gdn.Reference.Batches;
using Gdn.Reference.Engines;
using Xunit;

namespace Gdn.Properties.Harness.Schedules;

public class ScheduleTrackerTests
{
    private static readonly BatchLimits Limits = new(Vocabulary: 256, MaxSequences: 2, MaxBatchTokens: 8, MaxPositions: 16);

    // The tracker is a model of the engines' bookkeeping: both must say the same after every step.
    [Property(MaxTest = 20)]
    public void Apply_GeneratedSchedule_AgreesWithTheReferenceEngine(ulong seed)
    {
        BatchLimits limits = SampleModels.Qwen35.Limits(3);
        Schedule schedule = ScheduleGenerator.Generate(seed, limits);
        using var engine = new ReferenceModelEngine(SampleModels.Qwen35.Options(3, schedule.Planes));
        schedule.Play(limits, new Books(engine));
    }

    private sealed class Books(IModelEngine engine) : IScheduleTarget
    {
        private readonly Dictionary<int, IStateSnapshot> _snapshots = [];

        public void Begin(int step)
        {
        }

        public void Decode(TokenBatch batch) => engine.Decode(batch, new float[batch.OutputCount * engine.Info.Vocabulary]);

        public void Clear(int sequence) => engine.Clear(sequence);

        public void Copy(int source, int target) => engine.Copy(source, target);

        public void Snapshot(int sequence, int snapshot) => _snapshots[snapshot] = engine.Snapshot(sequence);

        public void Restore(int sequence, int snapshot) => engine.Restore(sequence, _snapshots[snapshot]);

        public void Rollback(int sequence, int count) => engine.Rollback(sequence, count);

        public void Refuse(TokenBatch batch) => Assert.Throws<InputException>(() => Decode(batch));

        public void End(ScheduleTracker expected)
        {
            for (int sequence = 0; sequence < 20; sequence++)
            {
                Assert.Equal(engine.NextPosition(sequence), expected.NextPosition(sequence));
                Assert.Equal(engine.SlotOf(sequence) >= 0, expected.Live.Contains(sequence));
            }
        }
    }

    public static TheoryData<ScheduleStep, string> ImpossibleSteps => new()
    {
        { new DecodeStep([new SequenceRun(5, [])]), "the run of sequence 5 is empty" },
        { new DecodeStep([new SequenceRun(0, [1]), new SequenceRun(0, [2])]), "sequence 0 has two runs" },
        { new DecodeStep([new SequenceRun(0, [256])]), "token 256 is out of range" },
        { new DecodeStep([new SequenceRun(-1, [1])]), "sequence -1 is out of range" },
        { new DecodeStep([new SequenceRun(0, [1, 2])], Order: [0]), "run 0 is named 1 times but has 2 tokens" },
        { new DecodeStep([new SequenceRun(0, [1])], Order: [3]), "run 3 does not exist" },
        { new DecodeStep([new SequenceRun(0, [1, 2, 3, 4, 5, 6, 7, 8, 9])]), "it contains 9 tokens, more than the capacity of 8" },
        {
            new DecodeStep([new SequenceRun(0, [1]), new SequenceRun(1, [1]), new SequenceRun(2, [1])]),
            "it starts 3 sequences but only 2 of 2 slots are free"
        },
        { new CopyStep(4, 5), "it does not exist" },
        { new SnapshotStep(4, 0), "it does not exist" },
        { new RestoreStep(0, 9), "snapshot 9 was never taken" },
        { new RollbackStep(0, 1), "it does not exist" },
        { new RefusedStep([new SequenceRun(0, [1])]), "the batch is valid" },
        { new RefusedStep([new SequenceRun(0, [])]), "the run of sequence 0 is empty" },
    };

    [Theory]
    [MemberData(nameof(ImpossibleSteps))]
    public void Apply_ImpossibleStep_SaysWhatIsWrong(ScheduleStep step, string problem)
    {
        var tracker = new ScheduleTracker(Limits, planes: 2);
        InputException e = Assert.Throws<InputException>(() => tracker.Apply(step));
        Assert.Contains(problem, e.Message, StringComparison.Ordinal);
        Assert.Empty(tracker.Live);
    }

    [Fact]
    public void Apply_SequenceGrowsOverTheEnd_SaysSo()
    {
        var tracker = new ScheduleTracker(Limits, planes: 1);
        var step = new DecodeStep([new SequenceRun(0, [1, 2, 3, 4, 5, 6, 7, 8])]);
        tracker.Apply(step);
        tracker.Apply(step);
        Assert.Contains("position 16", Assert.Throws<InputException>(() => tracker.Apply(step)).Message, StringComparison.Ordinal);
    }
}
