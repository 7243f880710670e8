using Gdn.Harness;
using Gdn.Harness.Faults;
using Gdn.Optimized.Batching;
using Gdn.Optimized.Cpu;
using Gdn.Properties.Optimized;
using Gdn.Properties.Optimized.Cpu;
using Gdn.Reference.Models;
using Xunit;

namespace Gdn.Properties.Harness.Faults;

/// <summary>
/// The bug that this project began with (ik_llama.cpp #2260): a plan found again by the shape of a batch alone, although it
/// bakes the slots in. With two slots there is one pair of rows, and nothing to see; with three, {0, 2} is decoded on the
/// rows of {0, 1}.
/// </summary>
public class ShapeKeyTests
{
    [Theory]
    [InlineData(2, false)]
    [InlineData(3, true)]
    public void Decode_PlanKeyedOnShape_IsWrongFromThreeSlots(int slots, bool isWrong)
    {
        var model = new RandomModel(Architecture.Qwen35, seed: 6);
        float[] expected = Play(model, slots, options => options), actual = Play(model, slots, FaultCatalog.Named("gr-shape-key").Plant!);
        double worst = expected.Zip(actual, (x, y) => Math.Abs(x - (double)y)).Max();
        Assert.Equal(isWrong, worst > 0.01);
        if (!isWrong) Assert.Equal(0, worst);
    }

    // Every sequence starts alone, then every pair of them decodes in turn, in both orders.
    private static float[] Play(RandomModel model, int slots, Func<BatchedOptions, BatchedOptions> plant)
    {
        int vocabulary = model.Config.Vocabulary;
        BatchedEngine engine = CpuEngines.Make((CpuOptions)plant(model.Options(slots, 16, 64)));
        var random = new SeededRandom(slots is 2 ? 21u : 22u);
        var logits = new float[8 * vocabulary];
        for (int s = 0; s < slots; s++)
            engine.Decode(Batch.Of(Batch.Run(s, 0, Batch.Tokens(random, vocabulary, 8))), logits);

        var rows = new List<float>();
        for (int a = 0; a < slots; a++)
            for (int b = 0; b < slots; b++)
            {
                if (a == b) continue;
                engine.Decode(
                    Batch.Of(
                        Batch.Run(a, engine.NextPosition(a), random.Next(vocabulary)),
                        Batch.Run(b, engine.NextPosition(b), random.Next(vocabulary))),
                    logits.AsSpan(0, 2 * vocabulary));
                rows.AddRange(logits.AsSpan(0, 2 * vocabulary));
            }

        return [.. rows];
    }
}
