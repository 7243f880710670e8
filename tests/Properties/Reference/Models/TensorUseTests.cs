using System.Numerics;
using Gdn.Harness.Campaigns;
using Gdn.Harness.Engines;
using Gdn.Harness.Models;
using Gdn.Optimized.Cpu.Kernels;
using Gdn.Properties.Support;
using Gdn.Reference;
using Gdn.Reference.Gguf;
using Gdn.Reference.Models;
using Gdn.Reference.Operators;
using Xunit;

namespace Gdn.Properties.Reference.Models;

/// <summary>What a file holds beside the plain tensors: scales are applied, and the rest is named.</summary>
public class TensorUseTests
{
    private const float Scale = 0.7f;

    // Doubled and then scaled by a half: the same model.
    [Theory]
    [InlineData("blk.0.attn_qkv", false)]
    [InlineData("blk.0.ssm_out", false)]
    [InlineData("blk.2.attn_q", false)]
    [InlineData("blk.3.ffn_up", false)]
    [InlineData("output", false)]
    [InlineData("token_embd", false)]
    [InlineData("blk.0.attn_norm", false)]
    [InlineData("blk.0.attn_qkv", true)]
    [InlineData("blk.2.attn_q", true)]
    [InlineData("blk.3.ffn_up", true)]
    public void ReadWeights_Scale_IsApplied(string name, bool quantized)
    {
        FileContents contents = FileContents.Of(Architecture.Qwen35);
        TensorData tensor = contents.Tensors[$"{name}.weight"];
        if (quantized) contents.Put(QuantizedFile.Quantize(tensor));
        float[] expected = contents.Logits();

        TensorData doubled = TensorData.Of(tensor.Name, tensor.Dimensions, [.. tensor.Values().Select(value => 2 * value)]);
        contents.Put(quantized ? QuantizedFile.Quantize(doubled) : doubled);
        Assert.NotEqual(expected, contents.Logits());
        contents.Put(TensorData.Of($"{name}.scale", [1], 0.5f));
        Assert.Equal(expected, contents.Logits());
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void ReadWeights_ScaleOfEachExpert_IsApplied(bool quantized)
    {
        FileContents contents = FileContents.Of(Architecture.Qwen35Moe);
        TensorData experts = contents.Tensors["blk.1.ffn_gate_exps.weight"];
        if (quantized) contents.Put(experts = QuantizedFile.Quantize(experts));
        DenseWeights<double>[] plain = Experts<double>(contents);
        float[] scales = [.. Enumerable.Range(1, plain.Length).Select(i => 0.3f * i)];
        contents.Put(TensorData.Of("blk.1.ffn_gate_exps.scale", [scales.Length], scales));
        DenseWeights<double>[] scaled = Experts<double>(contents);
        for (int i = 0; i < plain.Length; i++)
        {
            // In the precision of the model: the oracle's product is exact.
            Assert.Equal(plain[i].Gate.Data.Select(value => value * scales[i]), scaled[i].Gate.Data);
            Assert.Equal(plain[i].Up.Data, scaled[i].Up.Data);
        }
    }

    // Their kernel reads blocks as they are, and would not see the scale.
    [Fact]
    public void Projection_OfScaledBlocks_HasTheScaledElements()
    {
        FileContents contents = FileContents.Of(Architecture.Qwen35);
        contents.Put(QuantizedFile.Quantize(contents.Tensors["output.weight"]));
        contents.Put(TensorData.Of("output.scale", [1], Scale));
        using GgufFile file = contents.Open();
        Matrix<float> output = ModelLoader.ReadWeights<float>(file, ModelLoader.ReadConfig(file)).Output;
        var row = new float[output.Columns];
        Projection.Of(output).CopyRow(3, row);
        Assert.Equal(output.Row(3).ToArray(), row);
        float[] unscaled = file.Read(file.GetTensor("output.weight"));
        Assert.Equal(unscaled.Skip(3 * row.Length).Take(row.Length).Select(value => value * Scale), row);
    }

    [Fact]
    public void ReadWeights_ScaleOfAnotherShape_IsRefused()
    {
        FileContents contents = FileContents.Of(Architecture.Qwen35);
        contents.Put(TensorData.Of("output.scale", [2], 1, 1));
        string message = Assert.Throws<InputException>(() => contents.Logits()).Message;
        Assert.Contains("'output.scale': its shape is [2]", message, StringComparison.Ordinal);
    }

    [Fact]
    public void TensorsNotUsed_WholeModel_HasNone()
    {
        foreach (Architecture architecture in Enum.GetValues<Architecture>())
            Assert.Empty(NotUsed(FileContents.Of(architecture)));
        Assert.Empty(NotUsed(FileContents.Of(Architecture.Qwen35, draftLayers: 1)));
    }

    [Fact]
    public void TensorsNotUsed_WhatNobodyReads_IsNamed()
    {
        FileContents contents = FileContents.Of(Architecture.Qwen35Moe, draftLayers: 1);
        string[] extra =
        [
            "blk.0.attn_q.bias", "blk.2.attn_q.bias", "blk.1.ffn_up_exps.input_scale", "rope_freqs.weight", "v.a.weight",
            "v.b.weight", "blk.9.attn_norm.weight", "blk.4.nextn.other",
        ];
        foreach (string name in extra) contents.Put(TensorData.Of(name, [1], 1));
        Assert.Equal(extra, NotUsed(contents));
        Assert.Equal(
            "blk.0,2.attn_q.bias, blk.1.ffn_up_exps.input_scale, rope_freqs.weight, v.* (2), blk.9.attn_norm.weight, blk.4.nextn.other",
            new UnusedContent(extra, []).Describe());
    }

    // A spelling that is not needed since another is there.
    [Fact]
    public void TensorsNotUsed_SecondSpelling_IsNamed()
    {
        FileContents contents = FileContents.Of(Architecture.Qwen35);
        contents.Put(contents.Tensors["blk.0.ssm_dt.bias"] with { Name = "blk.0.ssm_dt" });
        Assert.Equal(["blk.0.ssm_dt"], NotUsed(contents));
    }

    [Fact]
    public void KeysNotUsed_WhatNobodyAsksFor_IsNamed()
    {
        foreach (Architecture architecture in Enum.GetValues<Architecture>())
        {
            FileContents contents = FileContents.Of(architecture);
            string name = ArchitectureNames.Of(architecture);
            Assert.Empty(KeysNotUsed(contents));
            contents.Metadata[$"{name}.attention.scale"] = 0.5f;
            contents.Metadata[$"{name}.vision.block_count"] = 3u;
            contents.Metadata["llama.attention.scale"] = 0.5f;
            Assert.Equal([$"{name}.attention.scale"], KeysNotUsed(contents));
            Assert.Equal($"key {name}.attention.scale", new UnusedContent([], KeysNotUsed(contents)).Describe());
        }
    }

    // Where a model is run, and where a file is looked into.
    [Fact]
    public void Head_OfACampaign_NamesWhatIsNotUsed()
    {
        FileContents contents = FileContents.Of(Architecture.Qwen35);
        contents.Put(TensorData.Of("blk.2.attn_q.bias", [1], 1));
        contents.Metadata["qwen35.attention.scale"] = 0.5f;
        string path = Path.GetTempFileName();
        try
        {
            File.WriteAllBytes(path, contents.ToArray());
            LoadedModel model = LoadedModel.Load(path);
            using NamedEngine engine = EngineCatalog.Parse("cpu");
            var campaign = new ScheduleCampaign(new ScheduleOptions(engine, model, Seed: 1, 1, Slots: [1]));
            Assert.Equal("not used: blk.2.attn_q.bias, key qwen35.attention.scale", campaign.Head[1]);
            using GgufFile file = GgufFile.Open(path);
            Assert.Contains(("not used", "blk.2.attn_q.bias, key qwen35.attention.scale"), ModelInfo.Read(file).Lines());
        }
        finally
        {
            File.Delete(path);
        }
    }

    private static IReadOnlyList<string> KeysNotUsed(FileContents contents)
    {
        using GgufFile file = contents.Open();
        ModelLoader.ReadConfig(file);
        return ModelLoader.KeysNotUsed(file);
    }

    private static DenseWeights<T>[] Experts<T>(FileContents contents) where T : IFloatingPointIeee754<T>
    {
        using GgufFile file = contents.Open();
        ModelWeights<T> weights = ModelLoader.ReadWeights<T>(file, ModelLoader.ReadConfig(file));
        return [.. ((ExpertWeights<T>)weights.Layers[1].FeedForward).Experts];
    }

    private static IReadOnlyList<string> NotUsed(FileContents contents)
    {
        using GgufFile file = contents.Open();
        return ModelLoader.TensorsNotUsed(file, ModelLoader.ReadConfig(file));
    }
}
