using System.Security.Cryptography;
using Gdn.Harness;
using Gdn.Harness.Models;
using Gdn.Reference;
using Gdn.Reference.Gguf;
using Gdn.Reference.Models;
using Gdn.Reference.State;
using Xunit;

namespace Gdn.Properties.Harness.Models;

public sealed class SyntheticModelTests
{
    private const int Tokens = 64;

    public static TheoryData<Architecture> Architectures => [.. Enum.GetValues<Architecture>()];

    public static TheoryData<Architecture> Hybrids =>
        [Architecture.Qwen35, Architecture.Qwen35Moe, Architecture.Qwen3Next, Architecture.KimiLinear];

    // Golden vectors of other engines were made with these files: a change here invalidates them.
    [Theory]
    [InlineData(Architecture.Qwen35, 0, "83036b8c8409a6be3e0ac8a9e1784a602987798d9be36be34b93527a8f7e5f82")]
    [InlineData(Architecture.Qwen35, 1, "6b6c14f8e32d2165ea408b41b204ef5290954b3d9ebdd462ddbc5b1a88778b30")]
    [InlineData(Architecture.Qwen35Moe, 0, "f1dd7efc50db4088beebd9ebfc7243f37970d2b55c20732c5dad25c69c0fa0ff")]
    [InlineData(Architecture.Qwen3Next, 0, "faf9f2e9c5790dbd5e09e534134ed66bf57754364d8360907ddc8910d547ba35")]
    [InlineData(Architecture.Qwen3Moe, 0, "72b75816d00b10163fe20a28d713f053954b95970f68c8075ea5ec8b41ed9bef")]
    [InlineData(Architecture.KimiLinear, 0, "5c08f56e3fbf5c840801b6396d90ebfcc5bce41bf64761b9455e219f2827382c")]
    public void Create_SeedOne_SameBytesForEver(Architecture architecture, int draftLayers, string sha256)
    {
        byte[] bytes = Bytes(architecture, new SyntheticSizes { DraftLayers = draftLayers }, seed: 1);
        Assert.Equal(sha256, Convert.ToHexStringLower(SHA256.HashData(bytes)));
    }

    [Fact]
    public void Create_OtherSeed_OtherWeights()
    {
        using GgufFile one = Open(Architecture.Qwen35, new SyntheticSizes(), seed: 1);
        using GgufFile two = Open(Architecture.Qwen35, new SyntheticSizes(), seed: 2);
        Assert.NotEqual(one.Read(one.GetTensor("output.weight")), two.Read(two.GetTensor("output.weight")));
    }

    [Theory]
    [InlineData(Architecture.Qwen35)]
    [InlineData(Architecture.Qwen35Moe)]
    public void Create_WithDraftLayer_KeepsTheTrunk(Architecture architecture)
    {
        using GgufFile plain = Open(architecture, new SyntheticSizes(), seed: 1);
        using GgufFile drafting = Open(architecture, new SyntheticSizes { DraftLayers = 1 }, seed: 1);
        foreach (GgufTensor tensor in plain.Tensors.Values)
            Assert.Equal(plain.Read(tensor), drafting.Read(drafting.GetTensor(tensor.Name)));
        Assert.Equal(
            ["eh_proj", "enorm", "hnorm", "shared_head_norm"],
            drafting.Tensors.Keys.Where(name => name.Contains(".nextn.")).Select(name => name.Split('.')[3]));
    }

    [Theory]
    [InlineData(Architecture.Qwen3Next)]
    [InlineData(Architecture.Qwen3Moe)]
    [InlineData(Architecture.KimiLinear)]
    public void Create_DraftLayerThatTheFamilyLacks_Throws(Architecture architecture) => Assert.Throws<InputException>(
        () => SyntheticModel.Create(architecture, new SyntheticSizes { DraftLayers = 1 }, 1));

    [Fact]
    public void Create_OtherSizes_AreThoseOfTheFile()
    {
        var sizes = new SyntheticSizes { Layers = 16, FullAttentionInterval = 8, Embedding = 128, Experts = 4, ValueHeads = 6 };
        using GgufFile file = Open(Architecture.Qwen35Moe, sizes, seed: 1);
        ModelConfig config = ModelLoader.ReadConfig(file);
        ModelLoader.ReadWeights<float>(file, config);
        Assert.Equal(Enumerable.Range(0, 16).Select(layer => layer is not (7 or 15)), config.RecurrentLayers);
        Assert.Equal((128, 4, 6), (config.Embedding, config.Experts!.Count, config.DeltaNet!.ValueHeads));
    }

    [Theory]
    [MemberData(nameof(Architectures))]
    public void Logits_RandomPrompt_AreLively(Architecture architecture)
    {
        ReferenceModel<double> model = Reference(architecture, seed: 1);
        double[] logits = LastLogits(model, Prompt(model.Config));
        double mean = logits.Average(), deviation = Math.Sqrt(logits.Average(x => (x - mean) * (x - mean)));
        Assert.InRange(deviation, 2, 4);
    }

    // One layer carries the past in its KV cache; with that layer silenced only recurrent state is left.
    [Theory]
    [MemberData(nameof(Hybrids))]
    public void Logits_TokenFiftyBack_CountsThroughTheStateAlone(Architecture architecture)
    {
        ReferenceModel<double> model = Silenced(architecture);
        int[] prompt = Prompt(model.Config);
        double[] before = LastLogits(model, prompt);
        prompt[^51] = (prompt[^51] + 7) % model.Config.Vocabulary;
        double[] after = LastLogits(model, prompt);

        double largest = before.Zip(after, (x, y) => Math.Abs(x - y)).Max();
        Assert.True(largest > 0.1, $"the largest change of a logit is {largest}");
    }

    [Theory]
    [MemberData(nameof(Hybrids))]
    public void Decay_OfHeads_IsSlowAndFast(Architecture architecture)
    {
        using GgufFile file = Open(architecture, new SyntheticSizes(), seed: 1);
        float[] a = file.Read(file.GetTensor("blk.0.ssm_a")), bias = file.Read(file.GetTensor("blk.0.ssm_dt.bias"));
        // The channels of a head share its factor.
        double[] lost = [.. bias.Select((b, gate) => 1 - Math.Exp(a[gate * a.Length / bias.Length] * Math.Log(1 + Math.Exp(b))))];
        Assert.InRange(lost.Min(), 1e-4, 5e-3);
        Assert.InRange(lost.Max(), 0.1, 0.6);
    }

    internal static GgufFile Open(Architecture architecture, SyntheticSizes sizes, int seed) =>
        GgufFile.Parse("synthetic.gguf", Bytes(architecture, sizes, seed));

    private static byte[] Bytes(Architecture architecture, SyntheticSizes sizes, int seed)
    {
        using var stream = new MemoryStream();
        SyntheticModel.Create(architecture, sizes, seed).Write(stream);
        return stream.ToArray();
    }

    private static ReferenceModel<double> Reference(Architecture architecture, int seed)
    {
        using GgufFile file = Open(architecture, new SyntheticSizes(), seed);
        return ModelLoader.ReadReference<double>(file);
    }

    private static ReferenceModel<double> Silenced(Architecture architecture)
    {
        using GgufFile file = Open(architecture, new SyntheticSizes(), seed: 1);
        ModelConfig config = ModelLoader.ReadConfig(file);
        ModelWeights<double> weights = ModelLoader.ReadWeights<double>(file, config);
        foreach (LayerWeights<double> layer in weights.Layers)
        {
            if (layer.Mixer is AttentionWeights<double> attention) Array.Clear(attention.Output.Data);
            if (layer.Mixer is LatentAttentionWeights<double> latent) Array.Clear(latent.Output.Data);
        }

        return new ReferenceModel<double>(config, weights);
    }

    private static int[] Prompt(ModelConfig config)
    {
        var random = new SeededRandom(5);
        return [.. Enumerable.Range(0, Tokens).Select(_ => random.Next(config.Vocabulary))];
    }

    private static double[] LastLogits(ReferenceModel<double> model, int[] prompt)
    {
        SequenceState state = model.NewState();
        double[] hidden = model.Forward(state, prompt);
        var logits = new double[model.Config.Vocabulary];
        model.Logits(hidden.AsSpan(^model.Config.Embedding..), logits);
        return logits;
    }
}
