using Gdn.Properties.Support;
using Gdn.Reference.Models;
using Gdn.Reference.Operators;
using Gdn.Reference.State;
using Xunit;

namespace Gdn.Properties.Reference.Models;

/// <summary>Attention over latents against its definition: every head restores its keys and values and attends over them.</summary>
public class LatentAttentionLayerTests
{
    private const int Tokens = 9;
    private const double Epsilon = 1e-6;

    private static readonly ModelConfig Config = RandomModel.Config(Architecture.KimiLinear);

    private static readonly LatentAttentionWeights<double> Weights =
        (LatentAttentionWeights<double>)RandomModel.Weights<double>(Config, seed: 3).Layers[^1].Mixer;

    [Fact]
    public void Run_SeveralTokens_SameAsWithRestoredKeysAndValues()
    {
        double[] x = new Random(4).Array(Tokens * Config.Embedding, 1);
        Expect.Near("y", [Tokens, Config.Embedding], Restored(x), Run(x, cut: Tokens), 1e-12);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(4)]
    public void Run_InPieces_SameBits(int cut)
    {
        double[] x = new Random(4).Array(Tokens * Config.Embedding, 1);
        Assert.Equal(Run(x, cut: Tokens), Run(x, cut));
    }

    private static double[] Run(double[] x, int cut)
    {
        var cache = new KeyValueCache<double>(Config.Attention.KeyDim, Config.Attention.ValueDim);
        return [.. x.Chunk(cut * Config.Embedding).SelectMany(
            piece => LatentAttentionLayer.Run<double>(Config.Attention, Weights, Epsilon, piece, cache))];
    }

    private static double[] Restored(double[] x)
    {
        AttentionConfig sizes = Config.Attention;
        LatentConfig latent = sizes.Latent!;
        double[][] cached = [.. x.Chunk(Config.Embedding).Select(token => Linear.Run<double>(Weights.Latent, token))];
        var y = new List<double>();
        for (int t = 0; t < Tokens; t++)
        {
            double[] query = Linear.Run<double>(Weights.Query, x.AsSpan(t * Config.Embedding, Config.Embedding));
            var output = new double[sizes.Heads * latent.OutputDim];
            for (int h = 0; h < sizes.Heads; h++)
            {
                double[] scores = new double[t + 1];
                double[][] values = new double[t + 1][];
                for (int i = 0; i <= t; i++)
                {
                    double[] normed = cached[i][..sizes.ValueDim];
                    RmsNorm.Run<double>(normed, Weights.LatentNorm, Epsilon, normed);
                    double[] key = [.. Transposed(Weights.QueryToLatent[h], normed), .. cached[i][sizes.ValueDim..]];
                    values[i] = Linear.Run<double>(Weights.LatentToValue[h], normed);
                    scores[i] = Linear.Dot<double>(query.AsSpan(h * latent.QueryDim, latent.QueryDim), key) / Math.Sqrt(latent.QueryDim);
                }

                Activations.Softmax<double>(scores);
                for (int i = 0; i <= t; i++)
                    for (int j = 0; j < latent.OutputDim; j++) output[h * latent.OutputDim + j] += scores[i] * values[i][j];
            }

            y.AddRange(Linear.Run<double>(Weights.Output, output));
        }

        return [.. y];
    }

    // W^T x
    private static double[] Transposed(Matrix<double> matrix, double[] x)
    {
        var result = new double[matrix.Columns];
        for (int r = 0; r < matrix.Rows; r++)
            for (int c = 0; c < matrix.Columns; c++) result[c] += matrix.Row(r)[c] * x[r];
        return result;
    }
}
