using Gdn.Harness.Models;
using Gdn.Reference;
using Gdn.Reference.Gguf;
using Gdn.Reference.Models;
using Gdn.Reference.Operators;
using Xunit;

namespace Gdn.Properties.Reference.Models;

/// <summary>What files of kimi-linear say in keys of their own.</summary>
public class KimiLinearConfigTests
{
    [Fact]
    public void ReadConfig_SyntheticFile_HasBothKindsOfLayers()
    {
        ModelConfig config = Read();
        Assert.Equal([true, true, true, false], config.RecurrentLayers);
        Assert.Equal(
            new DeltaNetConfig(4, 4, 64, 4, HeadMap.Tiled) { PerChannelGate = true, OutputGate = GateActivation.Sigmoid },
            config.DeltaNet);
        Assert.Equal((4, 1, 80, 48), (
            config.Attention.Heads, config.Attention.KeyValueHeads, config.Attention.KeyDim, config.Attention.ValueDim));
        Assert.Equal(new LatentConfig(QueryDim: 64, SharedDim: 32, OutputDim: 64), config.Attention.Latent);
        Assert.Equal(new ExpertConfig(8, 2, 2.5) { BySigmoid = true }, config.Experts);
        Assert.Equal(1, config.DenseLayers);
    }

    [Theory]
    [InlineData("attention.head_count_kv", new[] { 0, 0, 1 }, "it names 3 layers of 4; name all")]
    [InlineData("attention.head_count_kv", 1, "it is one count for all layers; it must be one for each, 0 for linear layers")]
    [InlineData("attention.key_length", 81, "81 is not a latent of 48 and 32 shared entries; it must be their sum")]
    [InlineData("expert_weights_norm", false, "expert weights that are not renormalised are not supported; use a model without it")]
    [InlineData("expert_gating_func", 1, "1 is not supported; use a model whose experts are scored by sigmoid (2)")]
    [InlineData("expert_group_count", 2, "2 groups are not supported; use a model that chooses among all experts")]
    [InlineData("expert_used_count", 9, "9 of 8 experts is not valid; use at most all")]
    [InlineData("rope.dimension_count", 64, "64 entries of a query of 64 leave none of its own; it must be less than key_length_mla")]
    [InlineData("ssm.conv_kernel", 1, "1 leaves no window; it must be at least 2")]
    public void ReadConfig_ValueThatCannotBe_IsNamed(string key, object value, string problem)
    {
        var error = Assert.Throws<InputException>(() => Read(key, value));
        Assert.Equal($"m.gguf: kimi-linear.{key}: {problem}", error.Message);
    }

    [Theory]
    [InlineData("kda.head_dim")]
    [InlineData("attention.key_length_mla")]
    [InlineData("attention.value_length_mla")]
    [InlineData("attention.kv_lora_rank")]
    [InlineData("attention.head_count_kv")]
    [InlineData("expert_gating_func")]
    public void ReadConfig_MissingKey_IsNamed(string key)
    {
        var error = Assert.Throws<InputException>(() => Read(key));
        Assert.StartsWith($"m.gguf: key 'kimi-linear.{key}': is missing; ", error.Message, StringComparison.Ordinal);
    }

    // The synthetic model with one key changed, or without it.
    private static ModelConfig Read(string? key = null, object? value = null)
    {
        using var original = new MemoryStream();
        SyntheticModel.Create(Architecture.KimiLinear, new SyntheticSizes(), seed: 1).Write(original);
        using GgufFile file = GgufFile.Parse("original", original.ToArray());
        var writer = new GgufWriter();
        foreach ((string name, GgufValue old) in file.Metadata)
            if (name != $"kimi-linear.{key}") writer.Add(name, old);
        if (value is not null) writer.Add($"kimi-linear.{key}", new GgufValue(value));
        writer.Add("token_embd.weight", [64, 256], new float[64 * 256]);
        using var changed = new MemoryStream();
        writer.Write(changed);
        using GgufFile open = GgufFile.Parse("m.gguf", changed.ToArray());
        return ModelLoader.ReadConfig(open);
    }
}
