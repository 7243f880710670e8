using Gdn.Optimized.Cpu;
using Gdn.Properties.Optimized.Cpu;
using Gdn.Reference.Batches;
using Gdn.Reference.Models;
using Gdn.Reference.Operators;

namespace Gdn.Properties.Optimized;

/// <summary>
/// A small random model of any architecture, the same weights in both precisions. Its dimensions all differ, and none that
/// a kernel runs along is a multiple of a vector, so that a mixed-up stride or a dropped tail shows.
/// </summary>
internal sealed class RandomModel
{
    public RandomModel(Architecture architecture, ulong seed, int keyHeads = 2, int draftLayers = 0)
    {
        Config = MakeConfig(architecture, isWide: seed % 2 == 0, keyHeads) with { DraftLayers = draftLayers };
        Weights = Support.RandomModel.Weights<float>(Config, (int)(seed % int.MaxValue));
        Rounded = new ReferenceModel<float>(Config, Weights);
        Exact = new ReferenceModel<double>(
            Config, Support.RandomModel.Weights<double>(Config, (int)(seed % int.MaxValue)));
    }

    public ModelConfig Config { get; }

    public ModelWeights<float> Weights { get; }

    public ReferenceModel<float> Rounded { get; }

    public ReferenceModel<double> Exact { get; }

    /// <summary>Options of the batched engine on the CPU for this model.</summary>
    public CpuOptions Options(int slots, int maxBatchTokens, int maxPositions, int planes = 1) =>
        CpuEngines.Options(Config, Weights, slots, maxBatchTokens, maxPositions, planes);

    /// <summary>What engines on the model take.</summary>
    public BatchLimits Limits(int slots, int maxBatchTokens) =>
        new(Config.Vocabulary, slots, maxBatchTokens, Config.MaxPositions);

    // A head of 44 takes every column path of the delta scan: a block of four vectors, one vector, single columns.
    private static ModelConfig MakeConfig(Architecture architecture, bool isWide, int keyHeads)
    {
        bool isHybrid = architecture != Architecture.Qwen3Moe;
        HeadMap map = architecture == Architecture.Qwen3Next ? HeadMap.Grouped : HeadMap.Tiled;
        return new ModelConfig(
            architecture, Embedding: 52, Vocabulary: 61, MaxPositions: 256, NormEpsilon: 1e-6,
            RecurrentLayers: isHybrid ? [true, true, false, true] : [false, false],
            DeltaNet: isHybrid
                ? Support.RandomModel.LikeFamily(
                    architecture, new DeltaNetConfig(keyHeads, 3 * keyHeads, isWide ? 44 : 18, ConvWidth: 4, map))
                : null,
            Attention: architecture == Architecture.KimiLinear ? Support.RandomModel.Latent(heads: 6, rank: 19)
                : isHybrid ? new AttentionConfig(6, 3, 12, 12, new Rope(8, 1e4, [1, 2, 0, 0]), Gated: true)
                : new AttentionConfig(6, 3, 12, 20, new Rope(12, 1e4, []), Gated: false),
            Experts: architecture == Architecture.Qwen35
                ? null
                : new ExpertConfig(7, 3, WeightScale: 1.5) { BySigmoid = architecture == Architecture.KimiLinear },
            DraftLayers: 0)
        {
            DenseLayers = architecture == Architecture.KimiLinear ? 1 : 0,
        };
    }
}
