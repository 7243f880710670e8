using Gdn.Optimized.Batching;
using Gdn.Reference.Batches;
using Gdn.Reference.Engines;
using Gdn.Reference.Models;
using Xunit;

namespace Gdn.Properties.Optimized.Batching;

/// <summary>What the engine asks of a device: which passes, on which slots, and nothing that it does not need.</summary>
public class BatchedEngineTests
{
    private const int Vocabulary = 61;

    private readonly RandomModel _model = new(Architecture.Qwen35, seed: 1);

    [Fact]
    public void Decode_OneSequence_RunsInPlaceAfterAZero()
    {
        RecordingDevice device = Play(new DeviceTraits(true, true), Batch.Of(Batch.Run(7, 0, 1, 2)), Batch.Of(Batch.Run(7, 2, 3)));
        Assert.Equal(
            [
                "begin 2", "zero 0", "in place 7@0:0+2 tokens 1 2", $"finish {2 * Vocabulary}",
                "begin 1", "in place 7@0:2+1 tokens 3", $"finish {Vocabulary}",
            ],
            device.Calls);
    }

    [Fact]
    public void Decode_InterleavedRaggedBatch_IsOnePassInTheOrderOfSlots()
    {
        BatchToken[] first = [.. Batch.Run(5, 0, 1, 2)], second = [.. Batch.Run(3, 0, 8)];
        RecordingDevice device = Play(new DeviceTraits(true, true), Batch.Of([first[0]], second, [first[1]]));
        Assert.Equal(["begin 3", "plan 5@0:0+2 3@1:0+1 tokens 1 2 8", $"finish {3 * Vocabulary}"], device.Calls);
    }

    [Fact]
    public void Decode_RaggedBatchOnADeviceThatCannot_IsSplitPerSequenceAndCounted()
    {
        var device = new RecordingDevice(new DeviceTraits(RunsRagged: false, RunsInPlace: false));
        BatchedEngine engine = Engine(device);
        Decode(engine, Batch.Of(Batch.Run(5, 0, 1, 2), Batch.Run(3, 0, 8)));
        Decode(engine, Batch.Of(Batch.Run(5, 2, 1), Batch.Run(3, 1, 8)));
        Assert.Equal(
            ["plan 5@0:0+2 tokens 1 2", "plan 3@1:0+1 tokens 8", "plan 5@0:2+1 3@1:1+1 tokens 1 8"],
            device.Calls.Where(call => call.StartsWith("plan", StringComparison.Ordinal)));
        Assert.Equal(
            new EngineCounters { Batches = 2, Tokens = 5, BatchedRuns = 3, SplitBatches = 1, PlanMisses = 3 }, engine.Counters);
        Assert.Equal(
            (BatchHandling.Split, BatchHandling.OnePass),
            (engine.Info.Capabilities.RaggedBatches, engine.Info.Capabilities.UniformBatches));
    }

    // A device gets the tokens sequence after sequence, however the batch mixes them.
    [Fact]
    public void Decode_InterleavedUniformBatchOnADeviceThatCannotRunRagged_IsOnePass()
    {
        var device = new RecordingDevice(new DeviceTraits(RunsRagged: false, RunsInPlace: false));
        BatchedEngine engine = Engine(device);
        BatchToken[] first = [.. Batch.Run(5, 0, 1, 2)], second = [.. Batch.Run(3, 0, 8, 9)];
        Decode(engine, Batch.Of([first[0]], [second[0]], [first[1]], [second[1]]));
        Assert.Contains("plan 5@0:0+2 3@1:0+2 tokens 1 2 8 9", device.Calls);
        Assert.Equal((0, 0), (engine.Counters.SplitBatches, engine.Counters.Fallbacks));
        Assert.Equal(BatchHandling.OnePass, engine.Info.Capabilities.InterleavedBatches);
    }

    private sealed class AlwaysApart : RoutingPolicy
    {
        public override bool RunsApart(RunSequence previous, RunSequence next) => true;
    }

    // A silent fallback is counted as one, whatever the engine declares.
    [Fact]
    public void Decode_UniformBatchRunApart_IsCountedAsAFallback()
    {
        var device = new RecordingDevice(new DeviceTraits(true, true));
        BatchedEngine engine = Engine(device, new AlwaysApart());
        Decode(engine, Batch.Of(Batch.Run(0, 0, 1), Batch.Run(1, 0, 2)));
        Assert.Equal((0, 1), (engine.Counters.SplitBatches, engine.Counters.Fallbacks));
        Assert.Equal(BatchHandling.OnePass, engine.Info.Capabilities.UniformBatches);
    }

    private sealed class PaddedToFour : RoutingPolicy
    {
        public override int MaxPadding => 4;

        public override int PaddedSequences(int sequences, int tokens) => 4;
    }

    [Fact]
    public void Decode_PaddedBatch_AddsRowsOnTheSlotBehindTheOthers()
    {
        var device = new RecordingDevice(new DeviceTraits(true, true));
        BatchedEngine engine = Engine(device, new PaddedToFour());
        Decode(engine, Batch.Of(Batch.Run(0, 0, 9), Batch.Run(1, 0, 8)));
        Assert.Contains("plan 0@0:0+1 1@1:0+1 -1@3:0+1 -1@3:0+1 tokens 9 8 0 0", device.Calls);
        Assert.Equal(2, engine.Counters.Tokens);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Clear_Slot_IsPoisonedIfSoWished(bool poison)
    {
        var device = new RecordingDevice(new DeviceTraits(true, true));
        BatchedEngine engine = Engine(device, poison: poison);
        Assert.Equal(poison ? ["fill 0 NaN", "fill 1 NaN", "fill 2 NaN"] : [], device.Calls);
        Decode(engine, Batch.Of(Batch.Run(4, 0, 1), Batch.Run(5, 0, 2)));
        device.Calls.Clear();
        engine.Clear(5);
        engine.Clear(6);
        Assert.Equal(poison ? ["fill 1 NaN"] : [], device.Calls);
        Assert.Equal(poison, engine.Info.Capabilities.PoisonsFreeSlots);
    }

    [Fact]
    public void StateOperations_AfterARollback_TakeThePlaneThatIsLive()
    {
        var device = new RecordingDevice(new DeviceTraits(true, true));
        BatchedEngine engine = Engine(device, planes: 3);
        Decode(engine, Batch.Of(Batch.Run(0, 0, 1, 2, 3, 4)));
        engine.Rollback(0, 2);
        device.Calls.Clear();
        engine.Copy(0, 1);
        engine.Restore(2, engine.Snapshot(0));
        Assert.Equal(["copy 0.2 to 1, 2", "export 0.2, 2", "import 2"], device.Calls);
        Assert.Equal((2, 2, 2), (engine.NextPosition(0), engine.NextPosition(1), engine.NextPosition(2)));
    }

    private RecordingDevice Play(DeviceTraits traits, params TokenBatch[] batches)
    {
        var device = new RecordingDevice(traits);
        BatchedEngine engine = Engine(device);
        foreach (TokenBatch batch in batches) Decode(engine, batch);
        return device;
    }

    private BatchedEngine Engine(RecordingDevice device, RoutingPolicy? routing = null, bool poison = false, int planes = 1) => new(
        "recorded",
        new BatchedOptions
        {
            Engine = _model.Options(slots: 3, maxBatchTokens: 16, maxPositions: 64, planes).Engine,
            Routing = routing ?? new RoutingPolicy(),
            PoisonFreeSlots = poison,
        },
        device);

    private static void Decode(BatchedEngine engine, TokenBatch batch) =>
        engine.Decode(batch, new float[batch.OutputCount * Vocabulary]);
}
