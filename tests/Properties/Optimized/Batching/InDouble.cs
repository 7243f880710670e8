using Gdn.Reference.Models;
using Gdn.Reference.Operators;

namespace Gdn.Properties.Optimized.Batching;

/// <summary>Weights in double precision: exact.</summary>
internal static class InDouble
{
    public static ModelWeights<double> Of(ModelWeights<float> w) => new(
        Of(w.TokenEmbedding), [.. w.Layers.Select(Of)], Of(w.OutputNorm), Of(w.Output));

    private static LayerWeights<double> Of(LayerWeights<float> w) =>
        new(Of(w.MixerNorm), Of(w.Mixer), Of(w.FeedForwardNorm), Of(w.FeedForward));

    private static MixerWeights<double> Of(MixerWeights<float> mixer) => mixer switch
    {
        DeltaNetWeights<float> w => new DeltaNetWeights<double>(
            Of(w.QueryKeyValue), Of(w.OutputGate), Of(w.Beta), Of(w.Alpha), Of(w.Conv), Of(w.NegativeA), Of(w.TimeStepBias),
            Of(w.Norm), Of(w.Output))
        {
            OutputGateReduction = w.OutputGateReduction is { } gate ? Of(gate) : null,
            AlphaReduction = w.AlphaReduction is { } alpha ? Of(alpha) : null,
        },
        LatentAttentionWeights<float> w => new LatentAttentionWeights<double>(
            Of(w.Query), Of(w.Latent), Of(w.LatentNorm), [.. w.QueryToLatent.Select(Of)], [.. w.LatentToValue.Select(Of)],
            Of(w.Output)),
        _ => Of((AttentionWeights<float>)mixer),
    };

    private static AttentionWeights<double> Of(AttentionWeights<float> w) =>
        new(Of(w.Query), Of(w.Key), Of(w.Value), Of(w.QueryNorm), Of(w.KeyNorm), Of(w.Output));

    private static FeedForwardWeights<double> Of(FeedForwardWeights<float> block) => block is ExpertWeights<float> w
        ? new ExpertWeights<double>(
            Of(w.Router), [.. w.Experts.Select(Of)], w.Shared is null ? null : Of(w.Shared),
            w.SharedGate is null ? null : Of(w.SharedGate))
        {
            SelectionBias = Of(w.SelectionBias),
        }
        : Of((DenseWeights<float>)block);

    private static DenseWeights<double> Of(DenseWeights<float> w) => new(Of(w.Gate), Of(w.Up), Of(w.Down));

    private static Matrix<double> Of(Matrix<float> w) => new(w.Rows, w.Columns, Of(w.Data));

    private static double[] Of(float[] values) => Array.ConvertAll(values, value => (double)value);
}
