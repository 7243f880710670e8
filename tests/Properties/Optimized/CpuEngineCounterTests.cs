using Gdn.Reference.Batches;
using Gdn.Reference.Models;
using Gdn.Reference.State;
using Xunit;

namespace Gdn.Properties.Optimized;

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
        using CpuEngine engine = Engine(planes);
        Decode(engine, Batch.Run(0, 0, 1, 2, 3, 4));
        Decode(engine, Batch.Run(0, 4, 5));
        Decode(engine, Batch.Run(7, 0, 5));
        Decode(engine, Batch.Run(0, 0, 6));
        Assert.Equal(new RunCounters { Batches = 4, Tokens = 7, InPlaceRuns = 4 }, engine.Counters);
    }

    // Ragged and interleaved batches run each sequence in place.
    [Fact]
    public void Decode_SplitBatch_NoGatherNoMaskNoCopy()
    {
        using CpuEngine engine = Engine(planes: 1);
        Decode(engine, Batch.Run(0, 0, 1, 2), Batch.Run(1, 0, 3));
        Assert.Equal(new RunCounters { Batches = 1, Tokens = 3, InPlaceRuns = 2, SplitBatches = 1 }, engine.Counters);
    }

    // One gather, one mask or row each, one scatter of every plane written, per layer.
    [Fact]
    public void Decode_SeveralSequences_OneGatherAndScatterPerLayer()
    {
        using CpuEngine engine = Engine(planes: 2);
        Decode(engine, Batch.Run(0, 0, 1, 2, 3), Batch.Run(1, 0, 4, 5, 6));
        RunCounters counters = engine.Counters;
        Assert.Equal((0, 2 * LinearLayers, 2 * 2 * LinearLayers), Moved(counters));
        Assert.Equal(2 * 2 * LinearLayers * RowBytes, counters.BytesCopied);

        Decode(engine, Batch.Run(0, 3, 1), Batch.Run(2, 0, 2), Batch.Run(1, 3, 3));
        Assert.Equal((2 * LinearLayers, 3 * LinearLayers, 7 * LinearLayers), Moved(engine.Counters));
        Assert.Equal(9 * LinearLayers * RowBytes, engine.Counters.BytesCopied);
        Assert.Equal(0, engine.Counters.InPlaceRuns);
    }

    // Rows in 16 bits must be widened: no run is in place.
    [Fact]
    public void Decode_OneSequenceIn16Bits_IsGathered()
    {
        using CpuEngine engine = Engine(planes: 1, StateFormat.BF16);
        Decode(engine, Batch.Run(0, 0, 1));
        Decode(engine, Batch.Run(0, 1, 2));
        Assert.Equal((LinearLayers, LinearLayers, 2 * LinearLayers), Moved(engine.Counters));
        Assert.Equal((2, 0), (engine.Counters.BatchedRuns, engine.Counters.InPlaceRuns));
    }

    private static (long Gathered, long Masked, long Scattered) Moved(RunCounters counters) =>
        (counters.RowsGathered, counters.MasksApplied, counters.RowsScattered);

    private CpuEngine Engine(int planes, StateFormat format = StateFormat.F32) => new(
        _model.Config, _model.Weights, new CpuEngineOptions(Slots, 16, 64)
        {
            SnapshotPlanes = planes,
            StateFormat = format,
        });

    private void Decode(CpuEngine engine, params IEnumerable<BatchToken>[] runs)
    {
        TokenBatch batch = Batch.Of(runs);
        engine.Decode(batch, new float[batch.OutputCount * _model.Config.Vocabulary]);
    }
}
