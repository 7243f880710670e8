using Gdn.Optimized.Batching;
using Gdn.Optimized.Cpu;
using Gdn.Reference.Batches;
using Gdn.Reference.Engines;
using Gdn.Reference.Models;
using Gdn.Reference.State;
using Xunit;

namespace Gdn.Properties.Optimized.Cpu;

/// <summary>What runs move, counted: one sequence alone moves nothing.</summary>
public class CpuEngineCounterTests
{
    private const int Slots = 4, LinearLayers = 3;

    private readonly RandomModel _model = new(Architecture.Qwen35, seed: 2);

    private int RowBytes => sizeof(float)
        * (_model.Config.DeltaNet!.ConvStateLength + _model.Config.DeltaNet.DeltaStateLength);

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public void Decode_OneSequence_NoGatherNoMaskNoCopy(int planes)
    {
        using BatchedEngine engine = Engine(planes, out CpuDevice device);
        Decode(engine, Batch.Run(0, 0, 1, 2, 3, 4));
        Decode(engine, Batch.Run(0, 4, 5));
        Decode(engine, Batch.Run(7, 0, 5));
        Decode(engine, Batch.Run(0, 0, 6));
        Assert.Equal(new EngineCounters { Batches = 4, Tokens = 7, InPlaceRuns = 4 }, engine.Counters);
        Assert.Equal(default, device.Copies);
    }

    // Ragged and interleaved batches are one pass, in which each sequence leaves as many planes as it has tokens.
    [Fact]
    public void Decode_RaggedInterleavedBatch_IsOnePass()
    {
        using BatchedEngine engine = Engine(planes: 3, out CpuDevice device);
        BatchToken[] first = [.. Batch.Run(0, 0, 1, 2)], second = [.. Batch.Run(1, 0, 3)];
        Decode(engine, [first[0]], second, [first[1]]);
        Assert.Equal(new EngineCounters { Batches = 1, Tokens = 3, BatchedRuns = 1, PlanMisses = 1 }, engine.Counters);
        Assert.Equal((0, 2 * LinearLayers, 3 * LinearLayers), Moved(device));
    }

    // One gather, one mask or row each, one scatter of every plane written, per layer.
    [Fact]
    public void Decode_SeveralSequences_OneGatherAndScatterPerLayer()
    {
        using BatchedEngine engine = Engine(planes: 2, out CpuDevice device);
        Decode(engine, Batch.Run(0, 0, 1, 2, 3), Batch.Run(1, 0, 4, 5, 6));
        Assert.Equal((0, 2 * LinearLayers, 2 * 2 * LinearLayers), Moved(device));
        Assert.Equal(2 * 2 * LinearLayers * RowBytes, device.Copies.BytesCopied);

        Decode(engine, Batch.Run(0, 3, 1), Batch.Run(2, 0, 2), Batch.Run(1, 3, 3));
        Assert.Equal((2 * LinearLayers, 3 * LinearLayers, 7 * LinearLayers), Moved(device));
        Assert.Equal(9 * LinearLayers * RowBytes, device.Copies.BytesCopied);
        Assert.Equal(0, engine.Counters.InPlaceRuns);
    }

    // Rows in 16 bits must be widened: no pass is in place.
    [Fact]
    public void Decode_OneSequenceIn16Bits_IsGathered()
    {
        using BatchedEngine engine = Engine(planes: 1, out CpuDevice device, StateFormat.BF16);
        Decode(engine, Batch.Run(0, 0, 1));
        Decode(engine, Batch.Run(0, 1, 2));
        Assert.Equal((LinearLayers, LinearLayers, 2 * LinearLayers), Moved(device));
        Assert.Equal((2, 0), (engine.Counters.BatchedRuns, engine.Counters.InPlaceRuns));
    }

    private static (long Gathered, long Masked, long Scattered) Moved(CpuDevice device) =>
        (device.Copies.RowsGathered, device.Copies.MasksApplied, device.Copies.RowsScattered);

    private BatchedEngine Engine(int planes, out CpuDevice device, StateFormat format = StateFormat.F32)
    {
        CpuOptions options = _model.Options(Slots, 16, 64, planes) with { StateFormat = format };
        device = new CpuDevice(options);
        return new BatchedEngine("cpu", options, device);
    }

    private void Decode(BatchedEngine engine, params IEnumerable<BatchToken>[] runs)
    {
        TokenBatch batch = Batch.Of(runs);
        engine.Decode(batch, new float[batch.OutputCount * _model.Config.Vocabulary]);
    }
}
