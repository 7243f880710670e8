using System.Numerics;
using Gdn.Reference.Models;
using Gdn.Reference.Operators;

namespace Gdn.Properties.Support;

/// <summary>
/// Small models with seeded weights. Sizes all differ, so that a mixed-up axis fails, and every weight is exact in float,
/// so that a model in float and one in double are the same model.
/// </summary>
internal static class RandomModel
{
    /// <summary>Number of tokens.</summary>
    public const int Vocabulary = 37;

    private const int DenseHidden = 28, ExpertHidden = 9, SharedHidden = 13, GateRank = 3;

    /// <summary>The sizes for a family: 4 layers, of which a hybrid's last is full attention.</summary>
    public static ModelConfig Config(Architecture architecture)
    {
        bool hybrid = architecture != Architecture.Qwen3Moe;
        HeadMap map = architecture == Architecture.Qwen3Next ? HeadMap.Grouped : HeadMap.Tiled;
        int[] sections = architecture is Architecture.Qwen35 or Architecture.Qwen35Moe ? [2, 1, 1, 0] : [];
        return new ModelConfig(
            architecture,
            Embedding: 20,
            Vocabulary,
            MaxPositions: 256,
            NormEpsilon: 1e-6,
            RecurrentLayers: hybrid ? [true, true, true, false] : [false, false, false, false],
            DeltaNet: hybrid ? LikeFamily(architecture, new DeltaNetConfig(KeyHeads: 2, ValueHeads: 6, HeadDim: 8, ConvWidth: 4, map)) : null,
            // The gate acts on the output entry by entry, so a gated head has values as long as its queries.
            Attention: architecture == Architecture.KimiLinear
                ? Latent(heads: 4, rank: 11)
                : new AttentionConfig(
                    Heads: 4, KeyValueHeads: 2, KeyDim: 16, ValueDim: hybrid ? 16 : 12,
                    new Rope(8, 10_000, sections), Gated: hybrid),
            Experts: architecture == Architecture.Qwen35
                ? null
                : new ExpertConfig(Count: 5, Used: 2, WeightScale: 1) { BySigmoid = architecture == Architecture.KimiLinear },
            DraftLayers: 0)
        {
            DenseLayers = architecture == Architecture.KimiLinear ? 1 : 0,
        };
    }

    /// <summary>Linear layers of these sizes as the family has them.</summary>
    public static DeltaNetConfig LikeFamily(Architecture architecture, DeltaNetConfig sizes) =>
        architecture == Architecture.KimiLinear ? sizes with { PerChannelGate = true, OutputGate = GateActivation.Sigmoid } : sizes;

    /// <summary>Latent attention; no two lengths are equal.</summary>
    public static AttentionConfig Latent(int heads, int rank) =>
        new(heads, KeyValueHeads: 1, KeyDim: rank + 5, ValueDim: rank, new Rope(0, 10_000, []), Gated: false)
        {
            Latent = new LatentConfig(QueryDim: 14, SharedDim: 5, OutputDim: 7),
        };

    /// <summary>Weights for these sizes, the same numbers in every type.</summary>
    public static ModelWeights<T> Weights<T>(ModelConfig config, int seed) where T : IFloatingPointIeee754<T> =>
        new Builder<T>(config, new Random(seed)).Model();

    /// <summary>The reference of a family.</summary>
    public static ReferenceModel<T> Reference<T>(Architecture architecture, int seed)
        where T : IFloatingPointIeee754<T>
    {
        ModelConfig config = Config(architecture);
        return new ReferenceModel<T>(config, Weights<T>(config, seed));
    }

    private sealed class Builder<T>(ModelConfig config, Random random) where T : IFloatingPointIeee754<T>
    {
        public ModelWeights<T> Model() => new(
            new Matrix<T>(config.Vocabulary, config.Embedding, Vector(config.Vocabulary * config.Embedding, -2, 2)),
            [.. config.RecurrentLayers.Select(Layer)], Norm(config.Embedding), Matrix(config.Vocabulary, config.Embedding))
        {
            DraftLayers = [.. Enumerable.Range(config.Layers, config.DraftLayers).Select(Draft)],
        };

        private DraftLayerWeights<T> Draft(int index) => new(
            Norm(config.Embedding), Norm(config.Embedding), Matrix(config.Embedding, 2 * config.Embedding),
            Layer(recurrent: false, index), Norm(config.Embedding),
            new Matrix<T>(config.Vocabulary, config.Embedding, Vector(config.Vocabulary * config.Embedding, -2, 2)),
            Matrix(config.Vocabulary, config.Embedding));

        private LayerWeights<T> Layer(bool recurrent, int index) => new(
            Norm(config.Embedding), recurrent ? Linear(config.DeltaNet!) : Full(config.Attention),
            Norm(config.Embedding),
            config.Experts is null || index < config.DenseLayers ? Dense(DenseHidden) : Experts(config.Experts));

        private MixerWeights<T> Full(AttentionConfig c) => c.Latent is { } latent ? Attention(c, latent) : Attention(c);

        // Decays from about 0.999 to 0.8 per token: slow enough to remember dozens of tokens.
        private DeltaNetWeights<T> Linear(DeltaNetConfig c)
        {
            int gateInputs = c.PerChannelGate ? GateRank : config.Embedding;
            var weights = new DeltaNetWeights<T>(
                Matrix(c.ConvChannels, config.Embedding), Matrix(c.ValueLength, gateInputs),
                Matrix(c.ValueHeads, config.Embedding), Matrix(c.Gates, gateInputs),
                Vector(c.ConvChannels * c.ConvWidth, -1, 1),
                [.. Enumerable.Range(0, c.ValueHeads).Select(_ => T.CreateChecked(-random.LogUniform(1e-3, 0.3)))],
                Vector(c.Gates, -1, 1), Norm(c.HeadDim), Matrix(config.Embedding, c.ValueLength));
            return c.PerChannelGate
                ? weights with
                {
                    OutputGateReduction = Matrix(GateRank, config.Embedding),
                    AlphaReduction = Matrix(GateRank, config.Embedding),
                }
                : weights;
        }

        private LatentAttentionWeights<T> Attention(AttentionConfig c, LatentConfig latent) => new(
            Matrix(c.Heads * latent.QueryDim, config.Embedding), Matrix(c.KeyDim, config.Embedding), Norm(c.ValueDim),
            [.. Enumerable.Range(0, c.Heads).Select(_ => Matrix(c.ValueDim, latent.OwnDim))],
            [.. Enumerable.Range(0, c.Heads).Select(_ => Matrix(latent.OutputDim, c.ValueDim))],
            Matrix(config.Embedding, c.Heads * latent.OutputDim));

        private AttentionWeights<T> Attention(AttentionConfig c) => new(
            Matrix(c.Heads * c.KeyDim * (c.Gated ? 2 : 1), config.Embedding), Matrix(c.KeyValueHeads * c.KeyDim, config.Embedding),
            Matrix(c.KeyValueHeads * c.ValueDim, config.Embedding),
            Norm(c.KeyDim), Norm(c.KeyDim), Matrix(config.Embedding, c.Heads * c.ValueDim));

        private ExpertWeights<T> Experts(ExpertConfig c)
        {
            bool shared = config.Architecture != Architecture.Qwen3Moe;
            return new(
                Matrix(c.Count, config.Embedding), [.. Enumerable.Range(0, c.Count).Select(_ => Dense(ExpertHidden))],
                shared ? Dense(SharedHidden) : null, shared && !c.BySigmoid ? Matrix(1, config.Embedding) : null)
            {
                SelectionBias = c.BySigmoid ? Vector(c.Count, -0.2, 0.2) : [],
            };
        }

        private DenseWeights<T> Dense(int hidden) => new(
            Matrix(hidden, config.Embedding), Matrix(hidden, config.Embedding), Matrix(config.Embedding, hidden));

        // Entries of variance 1 / columns keep the size of what they multiply.
        private Matrix<T> Matrix(int rows, int columns) =>
            new(rows, columns, Vector(rows * columns, -Math.Sqrt(3.0 / columns), Math.Sqrt(3.0 / columns)));

        private T[] Norm(int length) => Vector(length, 0.5, 1.5);

        private T[] Vector(int length, double low, double high) =>
            [.. Enumerable.Range(0, length).Select(_ => T.CreateChecked(random.Uniform(low, high)))];
    }
}
