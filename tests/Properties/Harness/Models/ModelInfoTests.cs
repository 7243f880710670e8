using Gdn.Harness.Models;
using Gdn.Reference;
using Gdn.Reference.Gguf;
using Gdn.Reference.Models;
using Xunit;

namespace Gdn.Properties.Harness.Models;

public sealed class ModelInfoTests
{
    [Fact]
    public void Read_HybridWithDraftLayer_CountsWhatIsThere()
    {
        using GgufFile file = SyntheticModelTests.Open(
            Architecture.Qwen35Moe, new SyntheticSizes { Layers = 8, DraftLayers = 1 }, seed: 1);
        var info = ModelInfo.Read(file);

        Assert.Equal(file.Tensors.Values, info.Tensors);
        Assert.Equal(file.Tensors.Values.Sum(t => t.ElementCount), info.Parameters);
        Assert.Equal([new TypeUse(GgmlType.F32, info.Tensors.Count, 4 * info.Parameters)], info.Types);
        Assert.Equal(new TokenizerInfo("gpt2", "qwen2", 256, 159), info.Tokenizer);

        Dictionary<string, string> lines = info.Lines().ToDictionary(line => line.Label, line => line.Text);
        Assert.Equal("qwen35moe", lines["architecture"]);
        Assert.Equal("8, full attention in 3, 7, and 1 draft", lines["layers"]);
        Assert.Equal("key heads 2, value heads 4, head dimension 64, conv 4", lines["linear layer"]);
        Assert.Equal("2 of 8 per token", lines["experts"]);
        Assert.Equal("present", lines["MTP"]);
        Assert.Equal("gpt2, qwen2: 256 tokens, 159 merges", lines["tokenizer"]);
    }

    [Fact]
    public void Read_FullAttentionModel_HasNoLinearLayer()
    {
        using GgufFile file = SyntheticModelTests.Open(Architecture.Qwen3Moe, new SyntheticSizes(), seed: 1);
        Dictionary<string, string> lines = ModelInfo.Read(file).Lines().ToDictionary(line => line.Label, line => line.Text);
        Assert.Equal("4, all full attention", lines["layers"]);
        Assert.Equal("none", lines["MTP"]);
        Assert.DoesNotContain("linear layer", lines.Keys);
    }

    [Fact]
    public void Read_OtherArchitecture_Throws()
    {
        var writer = new GgufWriter();
        writer.Add("general.architecture", "llama");
        using var stream = new MemoryStream();
        writer.Write(stream);
        using GgufFile file = GgufFile.Parse("m.gguf", stream.ToArray());
        Assert.Throws<InputException>(() => { ModelInfo.Read(file); });
    }
}
