using Gdn.Optimized.Batching;
using Gdn.Optimized.Cpu;
using Gdn.Properties.Support;
using Gdn.Reference.Batches;
using Gdn.Reference.Models;
using Gdn.Reference.State;
using Xunit;

namespace Gdn.Properties.Optimized.Cpu;

[Collection(Alone.Name)]
public class CpuEngineAllocationTests
{
    private const int Sequences = 3, Rounds = 30;

    /// <summary>In place, batched, ragged.</summary>
    public enum Way
    {
        InPlace,
        Batched,
        Ragged,
    }

    /// <summary>How the engine is set up.</summary>
    public enum Setup
    {
        OneThread,
        ThreeThreads,
        TwoShares,
        SixteenBits,
    }

    public static TheoryData<Architecture, Way, Setup> Cases()
    {
        var cases = new TheoryData<Architecture, Way, Setup>();
        foreach (Architecture architecture in Enum.GetValues<Architecture>())
            foreach (Way way in Enum.GetValues<Way>())
                foreach (Setup setup in Enum.GetValues<Setup>()) cases.Add(architecture, way, setup);
        return cases;
    }

    // Validation and decomposition of a batch belong to the reference, and make small objects; the engine adds nothing, on
    // any of its threads. The median, because the process has other threads, which allocate and wait for locks now and then.
    [Theory]
    [MemberData(nameof(Cases))]
    public void Decode_SteadyState_AllocatesNoMoreThanValidationAndDecomposition(
        Architecture architecture, Way way, Setup setup)
    {
        var model = new RandomModel(architecture, seed: 3);
        using BatchedEngine engine = CpuEngines.Make(Options(model, setup));
        TokenBatch[] batches = [.. Enumerable.Range(0, Rounds).Select(round => MakeBatch(way, round))];
        var logits = new float[batches[0].OutputCount * model.Config.Vocabulary];
        foreach (TokenBatch batch in batches) engine.Decode(batch, logits);

        var limits = new BatchLimits(model.Config.Vocabulary, Sequences, 16, 64);
        Func<int, int> nextPosition = engine.NextPosition;
        long[] own = new long[Rounds], contended = new long[Rounds];
        for (int round = 0; round < Rounds; round++)
        {
            long before = GC.GetTotalAllocatedBytes(precise: true);
            if (round > 0) BatchValidator.Check(batches[round], limits, nextPosition, 0);
            else BatchValidator.Check(batches[0], limits, nextPosition, Sequences);
            _ = SequenceDecomposition.Of(batches[round]);
            long shared = GC.GetTotalAllocatedBytes(precise: true) - before;

            before = GC.GetTotalAllocatedBytes(precise: true);
            long contentions = Monitor.LockContentionCount;
            engine.Decode(batches[round], logits);
            contended[round] = Monitor.LockContentionCount - contentions;
            own[round] = GC.GetTotalAllocatedBytes(precise: true) - before - shared;
        }

        Array.Sort(own);
        Array.Sort(contended);
        Assert.Equal((0, 0), (own[Rounds / 2], contended[Rounds / 2]));
    }

    private static CpuOptions Options(RandomModel model, Setup setup)
    {
        CpuOptions options = model.Options(Sequences, 16, 64);
        return setup switch
        {
            Setup.ThreeThreads => options with { Threads = 3 },
            Setup.TwoShares => options with { HeadShares = 2 },
            Setup.SixteenBits => options with { StateFormat = StateFormat.BF16 },
            _ => options,
        };
    }

    private static TokenBatch MakeBatch(Way way, int round) => way switch
    {
        Way.InPlace => Batch.Of(Batch.Run(0, round, 5)),
        Way.Batched => Batch.Of([.. Enumerable.Range(0, Sequences).Select(s => Batch.Run(s, round, 5 + s))]),
        _ => Batch.Of(Batch.Run(0, 2 * round, 5, 6), Batch.Run(1, round, 7)),
    };
}
