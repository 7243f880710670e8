using Gdn.Optimized.Cpu;
using Gdn.Reference.Batches;
using Gdn.Reference.Models;
using Xunit;

namespace Gdn.Properties.Optimized;

public class CpuEngineAllocationTests
{
    private const int Sequences = 3, Rounds = 30;

    /// <summary>In place, batched, split.</summary>
    public enum Way
    {
        InPlace,
        Batched,
        Split,
    }

    public static TheoryData<Architecture, Way> Cases()
    {
        var cases = new TheoryData<Architecture, Way>();
        foreach (Architecture architecture in Enum.GetValues<Architecture>())
            foreach (Way way in Enum.GetValues<Way>()) cases.Add(architecture, way);
        return cases;
    }

    // Validation and decomposition of a batch belong to the reference, and make small objects; the engine adds nothing.
    // The median, because a collection on another thread charges this one with the rest of its allocation quantum.
    [Theory]
    [MemberData(nameof(Cases))]
    public void Decode_SteadyState_AllocatesNoMoreThanValidationAndDecomposition(Architecture architecture, Way way)
    {
        var model = new RandomModel(architecture, seed: 3);
        var engine = new CpuEngine(model.Config, model.Weights, new CpuEngineOptions(Sequences, 16, 64));
        TokenBatch[] batches = [.. Enumerable.Range(0, Rounds).Select(round => MakeBatch(way, round))];
        var logits = new float[batches[0].OutputCount * model.Config.Vocabulary];
        foreach (TokenBatch batch in batches) engine.Decode(batch, logits);

        var limits = new BatchLimits(model.Config.Vocabulary, Sequences, 16, 64);
        Func<int, int> nextPosition = engine.NextPosition;
        var own = new long[Rounds];
        for (int round = 0; round < Rounds; round++)
        {
            long before = GC.GetAllocatedBytesForCurrentThread();
            if (round > 0) BatchValidator.Check(batches[round], limits, nextPosition, 0);
            else BatchValidator.Check(batches[0], limits, nextPosition, Sequences);
            _ = SequenceDecomposition.Of(batches[round]);
            long shared = GC.GetAllocatedBytesForCurrentThread() - before;

            before = GC.GetAllocatedBytesForCurrentThread();
            engine.Decode(batches[round], logits);
            own[round] = GC.GetAllocatedBytesForCurrentThread() - before - shared;
        }

        Array.Sort(own);
        Assert.Equal(0, own[Rounds / 2]);
    }

    private static TokenBatch MakeBatch(Way way, int round) => way switch
    {
        Way.InPlace => Batch.Of(Batch.Run(0, round, 5)),
        Way.Batched => Batch.Of([.. Enumerable.Range(0, Sequences).Select(s => Batch.Run(s, round, 5 + s))]),
        _ => Batch.Of(Batch.Run(0, 2 * round, 5, 6), Batch.Run(1, round, 7)),
    };
}
