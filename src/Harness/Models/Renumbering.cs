using Gdn.Reference.Models;
using Gdn.Reference.Operators;

namespace Gdn.Harness.Models;

/// <summary>
/// The same model with its hidden units in another order. In exact arithmetic nothing changes; in floating point every
/// projection sums in another order, so its errors are another sample of what rounding does to a case.
/// </summary>
internal sealed class Renumbering
{
    private readonly int[] _units;
    private readonly SeededRandom _random;

    private Renumbering(int embedding, ulong seed)
    {
        _random = new SeededRandom(seed);
        _units = Order(embedding);
    }

    /// <summary>Renumbers a model's hidden units, and those inside of its feed-forward blocks.</summary>
    public static ModelWeights<float> Of(ModelConfig config, ModelWeights<float> weights, ulong seed)
    {
        var renumbering = new Renumbering(config.Embedding, seed);
        return new ModelWeights<float>(
            renumbering.In(weights.TokenEmbedding),
            [.. weights.Layers.Select(renumbering.Layer)],
            renumbering.Vector(weights.OutputNorm),
            renumbering.In(weights.Output));
    }

    private LayerWeights<float> Layer(LayerWeights<float> layer) => new(
        Vector(layer.MixerNorm), Mixer(layer.Mixer), Vector(layer.FeedForwardNorm), FeedForward(layer.FeedForward));

    private MixerWeights<float> Mixer(MixerWeights<float> mixer) => mixer switch
    {
        DeltaNetWeights<float> w => w with
        {
            QueryKeyValue = In(w.QueryKeyValue),
            OutputGate = w.OutputGateReduction is null ? In(w.OutputGate) : w.OutputGate,
            OutputGateReduction = w.OutputGateReduction is { } gate ? In(gate) : null,
            Beta = In(w.Beta),
            Alpha = w.AlphaReduction is null ? In(w.Alpha) : w.Alpha,
            AlphaReduction = w.AlphaReduction is { } reduction ? In(reduction) : null,
            Output = Rows(w.Output, _units),
        },
        AttentionWeights<float> w => w with
        {
            Query = In(w.Query),
            Key = In(w.Key),
            Value = In(w.Value),
            Output = Rows(w.Output, _units),
        },
        LatentAttentionWeights<float> w => w with
        {
            Query = In(w.Query),
            Latent = In(w.Latent),
            Output = Rows(w.Output, _units),
        },
        _ => throw new InvalidOperationException($"Unknown mixer {mixer.GetType()}."),
    };

    private FeedForwardWeights<float> FeedForward(FeedForwardWeights<float> block) => block switch
    {
        DenseWeights<float> dense => Dense(dense),
        ExpertWeights<float> w => w with
        {
            Router = In(w.Router),
            Experts = [.. w.Experts.Select(Dense)],
            Shared = w.Shared is null ? null : Dense(w.Shared),
            SharedGate = w.SharedGate is null ? null : In(w.SharedGate),
        },
        _ => throw new InvalidOperationException($"Unknown feed-forward {block.GetType()}."),
    };

    private DenseWeights<float> Dense(DenseWeights<float> w)
    {
        int[] inner = Order(w.Gate.Rows);
        return new DenseWeights<float>(
            Rows(In(w.Gate), inner), Rows(In(w.Up), inner), Rows(Columns(w.Down, inner), _units));
    }

    private Matrix<float> In(Matrix<float> matrix) => Columns(matrix, _units);

    private float[] Vector(float[] vector) => [.. _units.Select(unit => vector[unit])];

    private static Matrix<float> Rows(Matrix<float> matrix, int[] order) =>
        new(matrix.Rows, matrix.Columns, [.. order.SelectMany(row => matrix.Row(row).ToArray())]);

    private static Matrix<float> Columns(Matrix<float> matrix, int[] order)
    {
        float[] source = matrix.Data, data = new float[source.Length];
        for (int i = 0; i < data.Length; i++)
            data[i] = source[i - i % matrix.Columns + order[i % matrix.Columns]];
        return new(matrix.Rows, matrix.Columns, data);
    }

    private int[] Order(int length)
    {
        int[] order = [.. Enumerable.Range(0, length)];
        _random.Shuffle<int>(order);
        return order;
    }
}
