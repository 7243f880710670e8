using Gdn.Properties.Support;
using Gdn.Reference.Gguf;
using Gdn.Reference.Models;
using Gdn.Reference.Operators;
using Gdn.Reference.State;
using Xunit;

namespace Gdn.Properties.Reference.Models;

/// <summary>
/// The draft layers in the reference against their definition, layer by layer over whole sequences: hidden state k of a token
/// comes from its embedding and from hidden state k - 1 of the token before.
/// </summary>
public class DraftHeadTests
{
    private const int Layers = 3;

    private static readonly ModelConfig Config = RandomModel.Config(Architecture.Qwen35) with { DraftLayers = Layers };
    private static readonly ModelWeights<double> Weights = RandomModel.Weights<double>(Config, seed: 6);
    private static readonly ReferenceModel<double> Model = new(Config, Weights);
    private static readonly int[] Tokens = [.. new Random(2).GetItems(Enumerable.Range(0, RandomModel.Vocabulary).ToArray(), 23)];

    /// <summary>Prompts of every length, cut in every way into two passes, and drafted on from the tokens that do follow.</summary>
    [Fact]
    public void Draft_AlongTheTokens_IsTheLayersOverTheWholeSequence()
    {
        double[][][] hidden = Definition();
        for (int length = 1; length + Layers < Tokens.Length; length++)
        {
            for (int cut = 0; cut < length; cut++)
            {
                SequenceState state = Model.NewState(drafts: true);
                Model.Forward(state, Tokens.AsSpan(0, cut));
                Model.Forward(state, Tokens.AsSpan(cut, length - cut));
                var drafts = (DraftState<double>)Model.DraftStateOf(state)!.Copy();
                for (int step = 0; step < Layers; step++)
                {
                    var logits = new double[Config.Vocabulary];
                    Model.Draft(drafts, Tokens[length + step], step, logits);
                    double[] expected = Linear.Run(Weights.DraftLayers[step].Output, hidden[step + 1][length + step]);
                    AssertClose(expected, logits, $"length {length} cut {cut} step {step}");
                }
            }
        }
    }

    /// <summary>Beyond the last layer: on its own hidden state.</summary>
    [Fact]
    public void Draft_BeyondTheLastLayer_GoesOnFromItself()
    {
        ModelConfig config = Config with { DraftLayers = 1 };
        ModelWeights<double> weights = RandomModel.Weights<double>(config, seed: 6);
        var model = new ReferenceModel<double>(config, weights);
        SequenceState state = model.NewState(drafts: true);
        double[] trunk = model.Forward(state, Tokens.AsSpan(0, 5));
        var drafts = (DraftState<double>)model.DraftStateOf(state)!.Copy();
        double[] first = new double[config.Vocabulary], second = new double[config.Vocabulary];
        model.Draft(drafts, Tokens[5], 0, first);
        model.Draft(drafts, Tokens[6], 1, second);

        KeyValueCache<double> cache = NewCache();
        double[] before = [];
        for (int p = 1; p < 7; p++)
        {
            double[] paired = p < 6 ? Row(trunk, p - 1) : before;
            before = Layer(weights.DraftLayers[0], cache, p, paired);
        }

        AssertClose(Linear.Run(weights.DraftLayers[0].Output, before), second, "second draft");
        Assert.NotEqual(first, second);
    }

    [Fact]
    public void Rollback_OfAnyLength_AsIfNeverTaken()
    {
        for (int length = 2; length < 9; length++)
            for (int back = 1; back < length; back++)
            {
                SequenceState state = Model.NewState(planes: 9, drafts: true), expected = Model.NewState(drafts: true);
                Model.Forward(state, Tokens.AsSpan(0, length));
                state.Rollback(back);
                Model.Forward(expected, Tokens.AsSpan(0, length - back));
                Assert.Equal(Drafted(expected), Drafted(state));
                Model.Forward(state, Tokens.AsSpan(12, 2));
                Model.Forward(expected, Tokens.AsSpan(12, 2));
                Assert.Equal(Drafted(expected), Drafted(state));
            }
    }

    [Fact]
    public void ReadWeights_DraftLayersLeftOut_TrunkIsTheSame()
    {
        FileContents whole = FileContents.Of(Architecture.Qwen35, draftLayers: 1), without = FileContents.Of(Architecture.Qwen35, draftLayers: 1);
        foreach (string name in without.Tensors.Keys.Where(name => name.StartsWith("blk.4.", StringComparison.Ordinal)).ToArray())
            without.Tensors.Remove(name);
        Assert.Equal(whole.Logits(), without.Logits());
        Assert.Equal(1, ReadDraftLayers(whole));
        Assert.Equal(0, ReadDraftLayers(without));
    }

    private static int ReadDraftLayers(FileContents contents)
    {
        using GgufFile file = contents.Open();
        return ModelLoader.ReadReference<float>(file).DraftLayers;
    }

    private static double[] Drafted(SequenceState state)
    {
        var drafts = (DraftState<double>)Model.DraftStateOf(state)!.Copy();
        var logits = new double[2 * Config.Vocabulary];
        Model.Draft(drafts, 3, 0, logits.AsSpan(0, Config.Vocabulary));
        Model.Draft(drafts, 4, 1, logits.AsSpan(Config.Vocabulary));
        return logits;
    }

    // hidden[k][position]: of the trunk for k = 0, else of layer k - 1, which has none for the first k positions.
    private static double[][][] Definition()
    {
        double[] trunk = Model.Forward(Model.NewState(), Tokens);
        var hidden = new double[Layers + 1][][];
        hidden[0] = [.. Enumerable.Range(0, Tokens.Length).Select(p => Row(trunk, p))];
        for (int k = 1; k <= Layers; k++)
        {
            KeyValueCache<double> cache = NewCache();
            hidden[k] = new double[Tokens.Length][];
            for (int p = k; p < Tokens.Length; p++) hidden[k][p] = Layer(Weights.DraftLayers[k - 1], cache, p, hidden[k - 1][p - 1]);
        }

        return hidden;
    }

    private static double[] Layer(DraftLayerWeights<double> w, KeyValueCache<double> cache, int position, double[] before)
    {
        double[] embedding = w.TokenEmbedding.Row(Tokens[position]).ToArray();
        double[] x = Linear.Run(w.Projection, [.. Norm(embedding, w.EmbeddingNorm), .. Norm(before, w.HiddenNorm)]);
        double[] mixed = AttentionLayer.Run(
            Config.Attention, (AttentionWeights<double>)w.Layer.Mixer, Config.NormEpsilon, position, Norm(x, w.Layer.MixerNorm), cache);
        x = [.. x.Zip(mixed, (a, b) => a + b)];
        double[] fed = FeedForwardLayer.Run(Config.Experts, w.Layer.FeedForward, Norm(x, w.Layer.FeedForwardNorm), out _);
        return Norm([.. x.Zip(fed, (a, b) => a + b)], w.OutputNorm);
    }

    private static double[] Norm(double[] x, double[] weights)
    {
        double scale = 1 / Math.Sqrt(x.Sum(value => value * value) / x.Length + Config.NormEpsilon);
        return [.. x.Zip(weights, (value, weight) => value * scale * weight)];
    }

    private static KeyValueCache<double> NewCache() => new(
        Config.Attention.KeyValueHeads * Config.Attention.KeyDim, Config.Attention.KeyValueHeads * Config.Attention.ValueDim);

    private static double[] Row(double[] rows, int index) => rows[(index * Config.Embedding)..((index + 1) * Config.Embedding)];

    private static void AssertClose(double[] expected, double[] actual, string where)
    {
        double worst = expected.Zip(actual, (a, b) => Math.Abs(a - b)).Max();
        Assert.True(worst < 1e-12, $"{where}: differs by {worst}");
    }
}
