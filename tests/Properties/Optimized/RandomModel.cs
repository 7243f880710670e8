using Gdn.Harness;
using Gdn.Reference.Models;
using Gdn.Reference.Operators;

namespace Gdn.Properties.Optimized;

/// <summary>
/// A small random model of any architecture, the same weights in both precisions. Its dimensions all differ, and none that
/// a kernel runs along is a multiple of a vector, so that a mixed-up stride or a dropped tail shows.
/// </summary>
internal sealed class RandomModel
{
    private readonly SeededRandom _random;

    public RandomModel(Architecture architecture, ulong seed)
    {
        _random = new SeededRandom(SeededRandom.Derive(seed, (ulong)architecture));
        Config = MakeConfig(architecture, isWide: seed % 2 == 0);
        Weights = new ModelWeights<float>(
            Matrix(Config.Vocabulary, Config.Embedding, scale: 1),
            [.. Config.RecurrentLayers.Select(MakeLayer)],
            Norm(Config.Embedding),
            Matrix(Config.Vocabulary, Config.Embedding));
        Rounded = new ReferenceModel<float>(Config, Weights);
        Exact = new ReferenceModel<double>(Config, Widen(Weights));
    }

    public ModelConfig Config { get; }

    public ModelWeights<float> Weights { get; }

    public ReferenceModel<float> Rounded { get; }

    public ReferenceModel<double> Exact { get; }

    // A head of 44 takes every column path of the delta scan: a block of four vectors, one vector, single columns.
    private static ModelConfig MakeConfig(Architecture architecture, bool isWide)
    {
        bool isHybrid = architecture != Architecture.Qwen3Moe;
        HeadMap map = architecture == Architecture.Qwen3Next ? HeadMap.Grouped : HeadMap.Tiled;
        return new ModelConfig(
            architecture, Embedding: 52, Vocabulary: 61, MaxPositions: 256, NormEpsilon: 1e-6,
            RecurrentLayers: isHybrid ? [true, true, false, true] : [false, false],
            DeltaNet: isHybrid ? new DeltaNetConfig(2, 6, isWide ? 44 : 18, ConvWidth: 4, map) : null,
            Attention: isHybrid
                ? new AttentionConfig(6, 3, 12, 12, new Rope(8, 1e4, [1, 2, 0, 0]), Gated: true)
                : new AttentionConfig(6, 3, 12, 20, new Rope(12, 1e4, []), Gated: false),
            Experts: architecture == Architecture.Qwen35 ? null : new ExpertConfig(7, 3, WeightScale: 1.5),
            DraftLayers: 0);
    }

    private LayerWeights<float> MakeLayer(bool isRecurrent) => new(
        Norm(Config.Embedding),
        isRecurrent ? DeltaNet(Config.DeltaNet!) : Attention(Config.Attention),
        Norm(Config.Embedding),
        Config.Experts is { } experts ? Experts(experts) : Dense(28));

    private DeltaNetWeights<float> DeltaNet(DeltaNetConfig c) => new(
        Matrix(c.ConvChannels, Config.Embedding),
        Matrix(c.ValueLength, Config.Embedding),
        Matrix(c.ValueHeads, Config.Embedding),
        Matrix(c.ValueHeads, Config.Embedding),
        Matrix(c.ConvChannels, c.ConvWidth).Data,
        // Slow gates: a state that forgets at once hides every fault of recurrence.
        Vector(c.ValueHeads, () => -MathF.Exp(-6 * (float)_random.NextDouble())),
        Vector(c.ValueHeads, () => -1 - (float)_random.NextDouble()),
        Norm(c.HeadDim),
        Matrix(Config.Embedding, c.ValueLength));

    private AttentionWeights<float> Attention(AttentionConfig c) => new(
        Matrix(c.Heads * c.KeyDim * (c.Gated ? 2 : 1), Config.Embedding),
        Matrix(c.KeyValueHeads * c.KeyDim, Config.Embedding),
        Matrix(c.KeyValueHeads * c.ValueDim, Config.Embedding),
        Norm(c.KeyDim),
        Norm(c.KeyDim),
        Matrix(Config.Embedding, c.Heads * c.ValueDim));

    // qwen3moe is the one without a shared expert.
    private ExpertWeights<float> Experts(ExpertConfig c)
    {
        bool isShared = Config.Architecture != Architecture.Qwen3Moe;
        return new ExpertWeights<float>(
            Matrix(c.Count, Config.Embedding),
            [.. Enumerable.Range(0, c.Count).Select(_ => Dense(10))],
            isShared ? Dense(22) : null,
            isShared ? Matrix(1, Config.Embedding) : null);
    }

    private DenseWeights<float> Dense(int hidden) => new(
        Matrix(hidden, Config.Embedding), Matrix(hidden, Config.Embedding), Matrix(Config.Embedding, hidden));

    private Matrix<float> Matrix(int rows, int columns, double? scale = null)
    {
        double deviation = scale ?? 1 / Math.Sqrt(columns);
        return new Matrix<float>(
            rows, columns, Vector(rows * columns, () => (float)(deviation * _random.NextGaussian())));
    }

    private float[] Norm(int length) => Vector(length, () => 1 + 0.2f * (float)_random.NextGaussian());

    private static float[] Vector(int length, Func<float> next)
    {
        var values = new float[length];
        for (int i = 0; i < length; i++) values[i] = next();
        return values;
    }

    private static ModelWeights<double> Widen(ModelWeights<float> w) => new(
        Widen(w.TokenEmbedding),
        [.. w.Layers.Select(layer => new LayerWeights<double>(
            Widen(layer.MixerNorm), Widen(layer.Mixer), Widen(layer.FeedForwardNorm), Widen(layer.FeedForward)))],
        Widen(w.OutputNorm), Widen(w.Output));

    private static MixerWeights<double> Widen(MixerWeights<float> mixer) => mixer switch
    {
        DeltaNetWeights<float> w => new DeltaNetWeights<double>(
            Widen(w.QueryKeyValue), Widen(w.OutputGate), Widen(w.Beta), Widen(w.Alpha), Widen(w.Conv),
            Widen(w.NegativeA), Widen(w.TimeStepBias), Widen(w.Norm), Widen(w.Output)),
        AttentionWeights<float> w => new AttentionWeights<double>(
            Widen(w.Query), Widen(w.Key), Widen(w.Value), Widen(w.QueryNorm), Widen(w.KeyNorm), Widen(w.Output)),
        _ => throw new InvalidOperationException(),
    };

    private static FeedForwardWeights<double> Widen(FeedForwardWeights<float> feedForward) => feedForward switch
    {
        DenseWeights<float> w => Widen(w),
        ExpertWeights<float> w => new ExpertWeights<double>(
            Widen(w.Router), [.. w.Experts.Select(Widen)],
            w.Shared is null ? null : Widen(w.Shared), w.SharedGate is null ? null : Widen(w.SharedGate)),
        _ => throw new InvalidOperationException(),
    };

    private static DenseWeights<double> Widen(DenseWeights<float> w) =>
        new(Widen(w.Gate), Widen(w.Up), Widen(w.Down));

    private static Matrix<double> Widen(Matrix<float> m) => new(m.Rows, m.Columns, Widen(m.Data));

    private static double[] Widen(float[] values) => Array.ConvertAll(values, value => (double)value);
}
