using Gdn.Harness.Engines.Reference;
using Gdn.Harness.Models;
using Gdn.Properties.Optimized;
using Gdn.Reference.Batches;
using Gdn.Reference.Engines;
using Xunit;

namespace Gdn.Properties.Harness.Engines.Reference;

public class ReferenceModelEngineTests
{
    // It runs one sequence after the other, and says so.
    [Fact]
    public void Counters_BatchesOfSeveralSequences_AreSplitsAndFallbacks()
    {
        LoadedModel model = LoadedModel.Load("synth:qwen35:1:small");
        using var engine = new ReferenceModelEngine(model.Options(slots: 2, planes: 1));
        foreach (TokenBatch batch in (TokenBatch[])
            [
                Batch.Of(Batch.Run(0, 0, 1, 2, 3)),
                Batch.Of(Batch.Run(0, 3, 4), Batch.Run(1, 0, 5)),
                Batch.Of(Batch.Run(0, 4, 6), Batch.Run(1, 1, 7, 8)),
            ])
            engine.Decode(batch, new float[batch.OutputCount * model.Config.Vocabulary]);

        Assert.Equal(new EngineCounters { Batches = 3, Tokens = 8, SplitBatches = 1, Fallbacks = 1 }, engine.Counters);
    }
}
