using Gdn.Harness.Schedules;
using Gdn.Optimized.Batching;
using Gdn.Properties.Support;
using Gdn.Reference.Batches;
using Gdn.Reference.Gguf;
using Gdn.Reference.Models;
using Gdn.Reference.Operators;
using Xunit;

namespace Gdn.Properties.Optimized.Cpu;

/// <summary>A model whose matrices stay in Q8_0 is the model of their dequantized values, bit for bit.</summary>
public class CpuEngineQuantizedTests
{
    [Theory]
    [InlineData(Architecture.Qwen35Moe)]
    [InlineData(Architecture.Qwen3Next)]
    public void Decode_QuantizedFile_SameBitsAsDequantized(Architecture architecture)
    {
        using GgufFile blocks = QuantizedFile.Of(architecture, keepBlocks: true);
        using GgufFile floats = QuantizedFile.Of(architecture, keepBlocks: false);
        ModelConfig config = ModelLoader.ReadConfig(blocks);
        ModelWeights<float> quantized = ModelLoader.ReadWeights<float>(blocks, config);
        Assert.NotNull(quantized.Output.Packed);

        var limits = new BatchLimits(config.Vocabulary, MaxSequences: 4, MaxBatchTokens: 96, MaxPositions: 256);
        Schedule schedule = LongSchedule.Of(seed: 9, limits, schedules: 6);
        BatchedEngine Engine(ModelWeights<float> weights, int threads) => CpuEngines.Make(CpuEngines.Options(
            config, weights, limits.MaxSequences, limits.MaxBatchTokens, limits.MaxPositions, schedule.Planes) with
        {
            Threads = threads,
        });
        using BatchedEngine first = Engine(ModelLoader.ReadWeights<float>(floats, config), threads: 1);
        using BatchedEngine second = Engine(quantized, threads: 2);
        var pair = new EnginePair(first, second, config.Vocabulary, $"{architecture}");
        schedule.Play(limits, pair, TestContext.Current.CancellationToken);
        Assert.True(pair.Rows > 50, $"only {pair.Rows} rows");
    }

    // The reference takes the values, in either precision, from the blocks.
    [Fact]
    public void ReadWeights_QuantizedFile_ValuesAreThoseOfTheFile()
    {
        using GgufFile blocks = QuantizedFile.Of(Architecture.Qwen35Moe, keepBlocks: true);
        using GgufFile floats = QuantizedFile.Of(Architecture.Qwen35Moe, keepBlocks: false);
        ModelConfig config = ModelLoader.ReadConfig(blocks);
        Matrix<float>[] quantized = Matrices(ModelLoader.ReadWeights<float>(blocks, config));
        Matrix<double>[] exact = Matrices(ModelLoader.ReadWeights<double>(blocks, config));
        Matrix<float>[] expected = Matrices(ModelLoader.ReadWeights<float>(floats, config));
        for (int i = 0; i < expected.Length; i++)
        {
            Assert.NotNull(quantized[i].Packed);
            Assert.Equal(expected[i].Data, quantized[i].Data);
            Assert.Equal(Array.ConvertAll(expected[i].Data, value => (double)value), exact[i].Data);
        }
    }

    // One matrix on its own and one of a stack.
    private static Matrix<T>[] Matrices<T>(ModelWeights<T> weights)
        where T : System.Numerics.IFloatingPointIeee754<T> =>
        [weights.Output, ((ExpertWeights<T>)weights.Layers[1].FeedForward).Experts[^1].Up];
}
