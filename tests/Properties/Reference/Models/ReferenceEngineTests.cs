using FsCheck.Fluent;
using FsCheck.Xunit;
using Gdn.Harness.Schedules;
using Gdn.Properties.Support;
using Gdn.Reference;
using Gdn.Reference.Batches;
using Gdn.Reference.Models;
using Xunit;

namespace Gdn.Properties.Reference.Models;

[Properties(Arbitrary = [typeof(ModelSchedules)], MaxTest = 200)]
public class ReferenceEngineTests
{
    private const int Vocabulary = RandomModel.Vocabulary;

    /// <summary>
    /// The whole contract in one property: a row of logits is what the model gives for the tokens that this sequence
    /// holds, fed one at a time to a fresh state, whatever ran before or beside it: prefills, restarts, forks,
    /// restores, rollbacks, and slots used again.
    /// </summary>
    [Property(MaxTest = 500)]
    public void Play_AnySchedule_LogitsFollowFromTheSequencesOwnTokens(ModelSchedule @case)
    {
        ReferenceModel<double> model = RandomModel.Reference<double>(@case.Architecture, @case.Seed);
        IReadOnlyList<ReferenceRow> rows = ReferenceRun.Of(@case.Schedule, @case.Limits, model);
        IReadOnlyList<TokenHistory> histories = HistoryFollower.RowsOf(@case.Schedule, new TokenHistory());
        Assert.Equal(histories.Count, rows.Count);
        var replayed = new Dictionary<TokenHistory, double[]>();
        foreach ((ReferenceRow row, TokenHistory history) in rows.Zip(histories).OrderByDescending(pair => pair.Second.Length))
        {
            if (!replayed.ContainsKey(history)) Replay(model, history, replayed);
            ExpectSame(row, replayed[history], row.Logits);
        }
    }

    [Property]
    public void Decode_OtherSequencesTokensChanged_SameBits(ModelSchedule @case)
    {
        // Copies and restores hand tokens from one sequence to another, as they should; leave them out.
        Schedule schedule = ScheduleTracker.DropImpossible(
            @case.Schedule with { Steps = [.. @case.Schedule.Steps.Where(step => step is not (CopyStep or RestoreStep))] },
            @case.Limits);
        ReferenceModel<double> model = RandomModel.Reference<double>(@case.Architecture, @case.Seed);
        IReadOnlyList<ReferenceRow> rows = ReferenceRun.Of(schedule, @case.Limits, model);
        foreach (int watched in rows.Select(row => row.Sequence).Distinct())
        {
            IReadOnlyList<ReferenceRow> others = ReferenceRun.Of(
                schedule.WithBatches((_, batch) => batch with
                {
                    Runs = [.. batch.Runs.Select(run => run.Sequence == watched ? run : run with
                    {
                        Tokens = [.. run.Tokens.Select(token => (token + 1) % Vocabulary)],
                    })],
                }),
                @case.Limits, model);
            Assert.Equal(rows.Count, others.Count);
            foreach ((ReferenceRow row, ReferenceRow other) in rows.Zip(others))
                if (row.Sequence == watched) ExpectSame(row, row.Logits, other.Logits);
        }
    }

    [Property]
    public void Decode_SequencesInAnotherOrder_SameBits(ModelSchedule @case)
    {
        ReferenceModel<double> model = RandomModel.Reference<double>(@case.Architecture, @case.Seed);
        var random = new Random(@case.Seed);
        Schedule reordered = @case.Schedule.WithBatches((_, batch) =>
        {
            SequenceRun[] runs = [.. batch.Runs];
            random.Shuffle(runs);
            return batch with { Runs = runs, Order = null };
        });

        IEnumerable<ReferenceRow> Sorted(Schedule schedule) => ReferenceRun.Of(schedule, @case.Limits, model)
            .OrderBy(row => row.Step).ThenBy(row => row.Sequence).ThenBy(row => row.Position);
        foreach ((ReferenceRow row, ReferenceRow other) in Sorted(@case.Schedule).Zip(Sorted(reordered)))
        {
            Assert.Equal((row.Step, row.Sequence, row.Position), (other.Step, other.Sequence, other.Position));
            ExpectSame(row, row.Logits, other.Logits);
        }
    }

    [Theory]
    [MemberData(nameof(Architectures))]
    public void Clear_SlotUsedAgain_EqualsFresh(Architecture architecture)
    {
        (ReferenceEngine<double> engine, ReferenceEngine<double> fresh) = (Engine(architecture, 2), Engine(architecture, 2));
        Decode(engine, Run(4, 0, 1, 2, 3), Run(9, 0, 5, 6));
        int slot = engine.SlotOf(4);
        engine.Clear(4);

        double[] reused = Decode(engine, Run(7, 0, 8, 9, 10));

        Assert.Equal(slot, engine.SlotOf(7));
        Assert.Equal(-1, engine.SlotOf(4));
        Expect.SameBits<double>("logits", [3, Vocabulary], Decode(fresh, Run(7, 0, 8, 9, 10)), reused);
    }

    [Theory]
    [MemberData(nameof(Architectures))]
    public void Copy_Fork_EqualsReplay(Architecture architecture)
    {
        (ReferenceEngine<double> engine, ReferenceEngine<double> fresh) = (Engine(architecture, 2), Engine(architecture, 2));
        Decode(engine, Run(0, 0, 1, 2, 3, 4, 5));
        engine.Copy(source: 0, target: 1);

        // Both go on, the original first, each with tokens of its own.
        double[] original = Decode(engine, Run(0, 5, 6, 7)), fork = Decode(engine, Run(1, 5, 8, 9));

        Expect.SameBits<double>("original", [2, Vocabulary], Decode(fresh, Run(0, 0, 1, 2, 3, 4, 5, 6, 7)).AsSpan(5 * Vocabulary), original);
        Expect.SameBits<double>("fork", [2, Vocabulary], Decode(fresh, Run(1, 0, 1, 2, 3, 4, 5, 8, 9)).AsSpan(5 * Vocabulary), fork);
    }

    [Theory]
    [MemberData(nameof(Architectures))]
    public void Decode_PositionZero_StartsAfresh(Architecture architecture)
    {
        (ReferenceEngine<double> engine, ReferenceEngine<double> fresh) = (Engine(architecture, 1), Engine(architecture, 1));
        Decode(engine, Run(0, 0, 1, 2, 3, 4, 5));

        Expect.SameBits<double>(
            "logits", [2, Vocabulary], Decode(fresh, Run(0, 0, 6, 7)), Decode(engine, Run(0, 0, 6, 7)));
        Assert.Equal(2, engine.NextPosition(0));
    }

    [Fact]
    public void Decode_RouterMargins_AreInBatchOrder()
    {
        ReferenceModel<double> model = RandomModel.Reference<double>(Architecture.Qwen35Moe, seed: 3);
        double[] first = new double[2], second = new double[2], margins = new double[4];
        model.Forward(model.NewState(), [1, 2], first);
        model.Forward(model.NewState(), [3, 4], second);
        TokenBatch batch = new(
            [new(1, 0, 0, false), new(3, 1, 0, false), new(2, 0, 1, false), new(4, 1, 1, false)]);

        Engine(Architecture.Qwen35Moe, 2).Decode(batch, [], margins);

        Expect.SameBits<double>("margins", [4], [first[0], second[0], first[1], second[1]], margins);
        Assert.All(margins, margin => Assert.InRange(margin, 0, 100));
    }

    [Fact]
    public void Decode_WrongLogitsLength_Throws() => Assert.Throws<ArgumentException>(
        () => Engine(Architecture.Qwen35, 1).Decode(new TokenBatch([new(1, 0, 0, true)]), new double[Vocabulary - 1]));

    [Fact]
    public void Operations_UnknownSequence_SayWhatToDo()
    {
        ReferenceEngine<double> engine = Engine(Architecture.Qwen35, 1);

        Assert.Contains("sequence 3: it does not exist; decode", Assert.Throws<InputException>(() => engine.Snapshot(3)).Message);
        Assert.Throws<InputException>(() => engine.Copy(3, 0));
        Assert.Throws<InputException>(() => engine.Rollback(3, 0));
        engine.Clear(3);
        Assert.Equal((0, 0, -1), (engine.NextPosition(3), engine.RollbackLimit(3), engine.SlotOf(3)));
    }

    [Fact]
    public void Schedules_Sample_ReachEveryStep()
    {
        ModelSchedule[] sample = [.. ModelSchedules.Any().Generator.Sample(500, 50)];

        Assert.Equal(7, sample.SelectMany(s => s.Schedule.Steps).Select(step => step.GetType()).Distinct().Count());
        Assert.Equal(5, sample.Select(s => s.Architecture).Distinct().Count());
        Assert.Contains(
            sample.SelectMany(s => s.Schedule.Steps).OfType<DecodeStep>(), step => step.Runs.Any(run => run.Restart));
    }

    public static TheoryData<Architecture> Architectures() => [.. Enum.GetValues<Architecture>()];

    private static ReferenceEngine<double> Engine(Architecture architecture, int slots) => new(
        RandomModel.Reference<double>(architecture, seed: 3), new BatchLimits(Vocabulary, slots, 16, 64), planes: 2);

    private static IEnumerable<BatchToken> Run(int sequence, int position, params int[] tokens) =>
        tokens.Select((token, i) => new BatchToken(token, sequence, position + i, Output: true));

    private static double[] Decode(ReferenceEngine<double> engine, params IEnumerable<BatchToken>[] runs)
    {
        var batch = new TokenBatch(runs.SelectMany(run => run));
        var logits = new double[batch.OutputCount * Vocabulary];
        engine.Decode(batch, logits);
        return logits;
    }

    private static void ExpectSame(ReferenceRow row, double[] expected, double[] actual) => Expect.SameBits<double>(
        $"step {row.Step}, sequence {row.Sequence}, position {row.Position}, logits", [Vocabulary], expected, actual);

    // Logits after each prefix of a history, under the prefix.
    private static void Replay(
        ReferenceModel<double> model, TokenHistory history, Dictionary<TokenHistory, double[]> logits)
    {
        var state = model.NewState();
        int[] tokens = history.ToTokens();
        for (int t = 0; t < tokens.Length; t++)
        {
            double[] row = new double[Vocabulary];
            model.Logits(model.Forward(state, [tokens[t]]), row);
            logits[history.Back(tokens.Length - 1 - t)] = row;
        }
    }
}
