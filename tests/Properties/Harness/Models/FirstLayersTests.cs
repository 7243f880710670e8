using Gdn.Harness.Models;
using Gdn.Properties.Reference.Gguf;
using Gdn.Reference.Gguf;
using Gdn.Reference.Models;
using Xunit;

namespace Gdn.Properties.Harness.Models;

/// <summary>A file of a model's first layers is a model, with the weights of those layers.</summary>
public class FirstLayersTests
{
    [Theory]
    [InlineData(Architecture.Qwen35)]
    [InlineData(Architecture.Qwen35Moe)]
    public void Of_ModelWithADraftLayer_LeavesTheFirstTrunkLayers(Architecture architecture)
    {
        using GgufFile whole = Parse(SyntheticModel.Create(
            architecture, SyntheticSizes.Small with { DraftLayers = 1 }, seed: 3));
        using GgufFile first = Parse(FirstLayers.Of(whole, 2));

        ModelConfig config = ModelLoader.ReadConfig(whole).First(2);
        ModelConfig read = ModelLoader.ReadConfig(first);
        Assert.Equal((2, 0), (read.Layers, read.DraftLayers));
        Assert.Equal(config.RecurrentLayers, read.RecurrentLayers);
        Assert.Equal(
            ModelLoader.ReadWeights<float>(whole, ModelLoader.ReadConfig(whole)).Layers[1].MixerNorm,
            ModelLoader.ReadWeights<float>(first, read).Layers[1].MixerNorm);
    }

    // Engines insist on one entry for each layer.
    [Fact]
    public void Of_CountsGivenForEachLayer_AreThoseOfTheFirst()
    {
        using GgufFile whole = Parse(SyntheticModel.Create(Architecture.KimiLinear, SyntheticSizes.Small, seed: 3));
        using GgufFile first = Parse(FirstLayers.Of(whole, 3));

        Assert.Equal([0, 0, 1], first.Metadata.GetInts("kimi-linear.attention.head_count_kv"));
        Assert.Equal([true, true, false], ModelLoader.ReadConfig(first).RecurrentLayers);
    }

    // An image encoder quantised by another engine is no part of the model.
    [Fact]
    public void Of_TensorOfUnknownType_LeavesItOut()
    {
        using GgufFile whole = GgufFile.Parse(
            "m.gguf",
            RawGguf.Start(2, 2).Text("general.architecture").U32(8).Text("qwen35").Entry("qwen35.block_count", 4)
                .Tensor("v.a", 144, 0, 32).Tensor("token_embd.weight", 0, 64, 1).Data(96).ToArray());
        using GgufFile first = Parse(FirstLayers.Of(whole, 2));
        Assert.Equal(["token_embd.weight"], first.Tensors.Keys);
    }

    private static GgufFile Parse(GgufWriter writer)
    {
        using var stream = new MemoryStream();
        writer.Write(stream);
        return GgufFile.Parse("model", stream.ToArray());
    }
}
