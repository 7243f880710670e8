using Gdn.Harness;
using Gdn.Optimized.Batching;
using Gdn.Reference;
using Gdn.Reference.Batches;
using Gdn.Reference.Engines;
using Gdn.Reference.Models;
using Xunit;

namespace Gdn.Properties.Optimized.Cpu;

/// <summary>Operations on a sequence's state do no arithmetic: what follows has the same bits as without them.</summary>
public class CpuEngineStateTests
{
    private const int Slots = 3, Planes = 4;

    private readonly RandomModel _model = new(Architecture.Qwen35Moe, seed: 8);
    private readonly int[] _prompt, _next;

    public CpuEngineStateTests()
    {
        var random = new SeededRandom(99);
        _prompt = Batch.Tokens(random, _model.Config.Vocabulary, 11);
        _next = Batch.Tokens(random, _model.Config.Vocabulary, 6);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void Rollback_RejectedDraft_IsAsIfNeverDecoded(int rejected)
    {
        BatchedEngine engine = Engine(), expected = Engine();
        Decode(engine, 0, _prompt);
        Decode(expected, 0, _prompt);
        int[] draft = [.. _next[..(4 - rejected)], .. Enumerable.Repeat(1, rejected)];

        Decode(engine, 0, draft);
        engine.Rollback(0, rejected);
        Decode(expected, 0, _next[..(4 - rejected)]);

        AssertSame(expected, engine, $"{rejected} rejected");
    }

    [Fact]
    public void SlotOf_TakenFreeAndImpossibleIds_OnlyTheTakenHasOne()
    {
        BatchedEngine engine = Engine();
        Decode(engine, 0, _prompt);
        Assert.Equal((0, -1, -1), (engine.SlotOf(0), engine.SlotOf(1), engine.SlotOf(-1)));
    }

    [Fact]
    public void Rollback_InSteps_AddsUp()
    {
        BatchedEngine engine = Engine(), expected = Engine();
        Decode(engine, 0, _prompt);
        Decode(expected, 0, _prompt[..^3]);
        engine.Rollback(0, 1);
        engine.Rollback(0, 0);
        engine.Rollback(0, 2);
        AssertSame(expected, engine, "1 + 0 + 2 of 3");
    }

    [Theory]
    [InlineData(4)]
    [InlineData(-1)]
    public void Rollback_BeyondLimit_ThrowsAndChangesNothing(int count)
    {
        BatchedEngine engine = Engine(), expected = Engine();
        Decode(engine, 0, _prompt);
        Decode(expected, 0, _prompt);
        Assert.Throws<InputException>(() => engine.Rollback(0, count));
        Assert.Throws<InputException>(() => engine.Rollback(7, 1));
        AssertSame(expected, engine, "after a refused rollback");
    }

    // One-token batches keep one plane; a limit carried over from the prompt would hand out a plane of the past.
    [Fact]
    public void Rollback_AfterShortBatch_LimitIsThatOfTheLastBatch()
    {
        BatchedEngine engine = Engine();
        Decode(engine, 0, _prompt);
        Decode(engine, 0, _next[..1]);
        Assert.Throws<InputException>(() => engine.Rollback(0, 1));
    }

    [Fact]
    public void Copy_OfRolledBackSequence_ContinuesLikeTheSourceAndIsIndependent()
    {
        BatchedEngine engine = Engine(), expected = Engine();
        Decode(engine, 0, _prompt);
        engine.Rollback(0, 2);
        Decode(expected, 0, _prompt[..^2]);

        engine.Copy(0, 5);
        Assert.Throws<InputException>(() => engine.Rollback(5, 1));
        Decode(engine, 0, [1, 2, 3]);
        AssertSame(expected, engine, "copy", sequence: 5, expectedSequence: 0);
    }

    [Fact]
    public void Copy_OntoItself_OnlyForbidsRollback()
    {
        BatchedEngine engine = Engine(), expected = Engine();
        Decode(engine, 0, _prompt);
        engine.Rollback(0, 1);
        Decode(expected, 0, _prompt[..^1]);
        engine.Copy(0, 0);
        Assert.Throws<InputException>(() => engine.Rollback(0, 1));
        AssertSame(expected, engine, "copy onto itself");
    }

    [Fact]
    public void Restore_AfterSlotWasReused_IsTheSequenceAsItWas()
    {
        BatchedEngine engine = Engine(), expected = Engine();
        Decode(engine, 0, _prompt);
        engine.Rollback(0, 1);
        Decode(expected, 0, _prompt[..^1]);
        IStateSnapshot snapshot = engine.Snapshot(0);
        Assert.Equal(_prompt.Length - 1, snapshot.NextPosition);

        Decode(engine, 0, [4, 5]);
        engine.Clear(0);
        Decode(engine, 1, [6, 7, 8]);
        engine.Restore(2, snapshot);
        engine.Restore(1, snapshot);

        Assert.Throws<InputException>(() => engine.Rollback(1, 1));
        AssertSame(expected, engine, "restored over another sequence", sequence: 1, expectedSequence: 0);
        AssertSame(Continued(expected: Engine()), engine, "restored anew", sequence: 2, expectedSequence: 0);
    }

    [Fact]
    public void Restore_SnapshotOfAnotherModelOrTooLong_ThrowsAndChangesNothing()
    {
        BatchedEngine engine = Engine(), longer = Engine();
        var other = new RandomModel(Architecture.Qwen35Moe, seed: 9);
        BatchedEngine foreign = CpuEngines.Make(other.Options(1, 8, 16));
        foreign.Decode(Batch.Of(Batch.Run(0, 0, 1)), new float[other.Config.Vocabulary]);
        Assert.Throws<InputException>(() => engine.Restore(0, foreign.Snapshot(0)));

        Decode(longer, 0, _prompt);
        BatchedEngine shorter = CpuEngines.Make(_model.Options(1, 8, _prompt.Length - 1));
        Assert.Throws<InputException>(() => shorter.Restore(0, longer.Snapshot(0)));
        Assert.Equal(-1, shorter.SlotOf(0));
        Assert.Equal(-1, engine.SlotOf(0));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Clear_SlotReused_NewSequenceIsAsOnFreshEngine(bool isBatched)
    {
        BatchedEngine engine = Engine(), expected = Engine();
        Decode(engine, 0, _next);
        Decode(engine, 1, _next);
        engine.Clear(0);
        Assert.Equal(0, engine.NextPosition(0));
        Assert.Equal(-1, engine.SlotOf(0));

        // A first batch of one token is the one that is easily taken for a continuation.
        Decode(expected, 2, _prompt[..1]);
        if (isBatched)
            engine.Decode(
                Batch.Of(Batch.Run(1, _next.Length, 3), Batch.Run(2, 0, _prompt[0])),
                new float[2 * _model.Config.Vocabulary]);
        else
            Decode(engine, 2, _prompt[..1]);
        Assert.Equal(0, engine.SlotOf(2));
        AssertSame(expected, engine, "reused slot", sequence: 2, expectedSequence: 2);
    }

    [Fact]
    public void Decode_PositionZeroOfLiveSequence_StartsAfresh()
    {
        BatchedEngine engine = Engine(), expected = Engine();
        Decode(engine, 0, _next);
        engine.Decode(Batch.Of(Batch.Run(0, 0, _prompt)), new float[_prompt.Length * _model.Config.Vocabulary]);
        Decode(expected, 0, _prompt);
        AssertSame(expected, engine, "restarted");
    }

    public static TheoryData<string, BatchToken[]> BadBatches() => new()
    {
        { "empty", [] },
        { "gap", [new(1, 0, 12, true)] },
        { "repeated position", [new(1, 0, 11, true), new(1, 0, 11, true)] },
        { "token out of range", [new(1, 1, 0, true), new(61, 0, 11, true)] },
        { "too many sequences", [new(1, 1, 0, true), new(1, 2, 0, true), new(1, 3, 0, true)] },
        { "negative sequence", [new(1, -1, 0, true)] },
    };

    [Theory]
    [MemberData(nameof(BadBatches))]
    public void Decode_BadBatch_ThrowsAndChangesNothing(string name, BatchToken[] tokens)
    {
        BatchedEngine engine = Engine(), expected = Engine();
        Decode(engine, 0, _prompt);
        Decode(expected, 0, _prompt);
        var batch = new TokenBatch(tokens);
        Assert.Throws<InputException>(
            () => engine.Decode(batch, new float[batch.OutputCount * _model.Config.Vocabulary]));
        Assert.Throws<ArgumentException>(() => engine.Decode(Batch.Of(Batch.Run(0, 11, 1)), new float[1]));
        Assert.Throws<InputException>(() => engine.Copy(6, 7));
        Assert.Throws<InputException>(() => engine.Snapshot(6));
        Assert.All([1, 2, 3, 6, 7], sequence => Assert.Equal(-1, engine.SlotOf(sequence)));
        AssertSame(expected, engine, name);
    }

    [Fact]
    public void Copy_NoFreeSlot_ThrowsAndChangesNothing()
    {
        BatchedEngine engine = Engine(), expected = Engine();
        for (int sequence = 0; sequence < Slots; sequence++) Decode(engine, sequence, _prompt);
        Decode(expected, 0, _prompt);
        Assert.Throws<InputException>(() => engine.Copy(0, Slots));
        Assert.Throws<InputException>(() => engine.Restore(Slots, engine.Snapshot(0)));
        AssertSame(expected, engine, "no free slot");
    }

    private BatchedEngine Engine() => CpuEngines.Make(_model.Options(Slots, 32, 64, Planes));

    private float[] Decode(BatchedEngine engine, int sequence, int[] tokens)
    {
        var logits = new float[tokens.Length * _model.Config.Vocabulary];
        engine.Decode(Batch.Of(Batch.Run(sequence, engine.NextPosition(sequence), tokens)), logits);
        return logits;
    }

    private BatchedEngine Continued(BatchedEngine expected)
    {
        Decode(expected, 0, _prompt[..^1]);
        return expected;
    }

    // Both go on with the same tokens.
    private void AssertSame(
        BatchedEngine expected, BatchedEngine actual, string where, int sequence = 0, int expectedSequence = 0)
    {
        Assert.Equal(expected.NextPosition(expectedSequence), actual.NextPosition(sequence));
        CpuEngineBitIdentityTests.AssertSameBits(
            Decode(expected, expectedSequence, _next), Decode(actual, sequence, _next), where);
    }
}
