using FsCheck.Fluent;
using FsCheck.Xunit;
using Gdn.Properties.Support;
using Gdn.Reference;
using Gdn.Reference.Batches;
using Gdn.Reference.Models;
using Xunit;

namespace Gdn.Properties.Reference.Models;

[Properties(Arbitrary = [typeof(EngineScripts)], MaxTest = 200)]
public class ReferenceEngineTests
{
    private const int Vocabulary = RandomModel.Vocabulary;

    /// <summary>
    /// The whole contract in one property: a row of logits is what the model gives for the tokens that this sequence
    /// holds, fed one at a time to a fresh state, whatever ran before or beside it: prefills, restarts, forks,
    /// restores, rollbacks, and slots used again.
    /// </summary>
    [Property(MaxTest = 500)]
    public void Commands_AnyScript_LogitsFollowFromTheSequencesOwnTokens(EngineScript script)
    {
        ReferenceModel<double> model = RandomModel.Reference<double>(script.Architecture, script.Seed);
        var replayed = new Dictionary<string, double[]>();
        foreach (LogitsRow row in new ScriptRun(script, model).Rows.OrderByDescending(row => row.History.Length))
        {
            if (!replayed.ContainsKey(string.Join(' ', row.History))) Replay(model, row.History, replayed);
            Expect.SameBits<double>(
                $"command {row.Command}, sequence {row.Sequence}, position {row.History.Length - 1}, logits",
                [row.Logits.Length], replayed[string.Join(' ', row.History)], row.Logits);
        }
    }

    [Property]
    public void Decode_OtherSequencesTokensChanged_SameBits(EngineScript script)
    {
        // Copies and restores hand tokens from one sequence to another, as they should; leave them out.
        script = script with
        {
            Commands = [.. script.Commands.Where(
                c => c is EngineCommand.Decode or EngineCommand.Clear or EngineCommand.Rollback)],
        };
        ReferenceModel<double> model = RandomModel.Reference<double>(script.Architecture, script.Seed);
        List<LogitsRow> rows = new ScriptRun(script, model).Rows;
        foreach (int watched in rows.Select(row => row.Sequence).Distinct())
        {
            List<LogitsRow> others = new ScriptRun(script, model, salt: s => s == watched ? 0 : 1).Rows;
            Assert.Equal(rows.Count, others.Count);
            foreach ((LogitsRow row, LogitsRow other) in rows.Zip(others).Where(pair => pair.First.Sequence == watched))
            {
                Assert.Equal(row.History, other.History);
                Expect.SameBits<double>(
                    $"command {row.Command}, sequence {watched}, position {row.History.Length - 1}, logits",
                    [row.Logits.Length], row.Logits, other.Logits);
            }
        }
    }

    [Property]
    public void Decode_SequencesInAnotherOrder_SameBits(EngineScript script)
    {
        ReferenceModel<double> model = RandomModel.Reference<double>(script.Architecture, script.Seed);
        int[] order = [.. Enumerable.Range(0, EngineScript.Sequences)];
        new Random(script.Seed).Shuffle(order);
        EngineScript reordered = script with
        {
            Commands = [.. script.Commands.Select(command => command is EngineCommand.Decode decode
                ? decode with { Sequences = [.. decode.Sequences.OrderBy(s => order[s])] }
                : command)],
        };

        static IEnumerable<LogitsRow> Sorted(ScriptRun run) =>
            run.Rows.OrderBy(row => row.Command).ThenBy(row => row.Sequence).ThenBy(row => row.History.Length);
        foreach ((LogitsRow row, LogitsRow other) in
            Sorted(new ScriptRun(script, model)).Zip(Sorted(new ScriptRun(reordered, model))))
        {
            Assert.Equal((row.Command, row.Sequence), (other.Command, other.Sequence));
            Expect.SameBits<double>(
                $"command {row.Command}, sequence {row.Sequence}, position {row.History.Length - 1}, logits",
                [row.Logits.Length], row.Logits, other.Logits);
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
    public void Scripts_Sample_ReachesEveryCommand()
    {
        EngineScript[] sample = [.. EngineScripts.Any().Generator.Sample(500, 50)];

        Assert.Equal(6, sample.SelectMany(s => s.Commands).Select(c => c.GetType()).Distinct().Count());
        Assert.Equal(4, sample.Select(s => s.Architecture).Distinct().Count());
        Assert.Contains(sample.SelectMany(s => s.Commands), c => c is EngineCommand.Decode { Gap: true });
        Assert.Contains(sample.SelectMany(s => s.Commands), c => c is EngineCommand.Decode { Restart: not null });
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

    // Logits after each prefix of the tokens, under the prefix.
    private static void Replay(ReferenceModel<double> model, int[] tokens, Dictionary<string, double[]> logits)
    {
        var state = model.NewState();
        for (int t = 0; t < tokens.Length; t++)
        {
            double[] row = new double[model.Config.Vocabulary];
            model.Logits(model.Forward(state, [tokens[t]]), row);
            logits[string.Join(' ', tokens[..(t + 1)])] = row;
        }
    }
}
