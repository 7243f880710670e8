using System.Buffers.Binary;
using Gdn.Properties.Support;
using Gdn.Reference;
using Gdn.Reference.Gguf;
using Gdn.Reference.Models;
using Xunit;

namespace Gdn.Properties.Reference.Models;

/// <summary>
/// Models that load today and compute nonsense tomorrow: what is no number, or too large a one, is named with its tensor or key,
/// and never becomes a verdict about an engine.
/// </summary>
public class UnusableNumbersTests
{
    [Theory]
    [InlineData(Architecture.Qwen35)]
    [InlineData(Architecture.Qwen35Moe)]
    [InlineData(Architecture.Qwen3Next)]
    [InlineData(Architecture.Qwen3Moe)]
    [InlineData(Architecture.KimiLinear)]
    public void ReadWeights_TensorThatIsNotFinite_IsNamed(Architecture architecture)
    {
        foreach (string name in FileContents.Of(architecture).Tensors.Keys)
            foreach (float value in (float[])[float.NaN, float.NegativeInfinity])
            {
                FileContents contents = FileContents.Of(architecture);
                float[] values = contents.Tensors[name].Values();
                values[^1] = value;
                contents.Put(TensorData.Of(name, contents.Tensors[name].Dimensions, values));
                Assert.StartsWith(
                    $"m.gguf: tensor '{name}': it holds NaN or an infinity; ", Refusal(contents), StringComparison.Ordinal);
            }
    }

    [Theory]
    [InlineData(GgmlType.F16, (ushort)0x7E00)]
    [InlineData(GgmlType.BF16, (ushort)0xFF80)]
    [InlineData(GgmlType.Q80, (ushort)0x7C00)]
    public void ReadWeights_BlockThatIsNotFinite_IsNamed(GgmlType type, ushort first)
    {
        FileContents contents = FileContents.Of(Architecture.Qwen35);
        TensorData tensor = contents.Tensors["blk.1.ffn_up.weight"];
        byte[] bytes = type == GgmlType.Q80 ? QuantizedFile.Quantize(tensor).Bytes : new byte[tensor.Bytes.Length / 2];
        contents.Put(tensor with { Type = type, Bytes = bytes });
        Assert.Null(RefusalOrNull(contents));

        // The last scale, or the last element.
        BinaryPrimitives.WriteUInt16LittleEndian(bytes.AsSpan(type == GgmlType.Q80 ? ^34.. : ^2..), first);
        bytes[^1] |= (byte)(type == GgmlType.Q80 ? 1 : 0);
        Assert.StartsWith("m.gguf: tensor 'blk.1.ffn_up.weight': it holds NaN", Refusal(contents), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(float.NaN, "tensor 'output.scale': it holds NaN")]
    [InlineData(1e38f, "tensor 'output.weight': it holds")]
    public void ReadWeights_ScaleThatLeavesNoNumber_IsNamed(float scale, string problem)
    {
        FileContents contents = FileContents.Of(Architecture.Qwen35);
        float[] values = contents.Tensors["output.weight"].Values();
        values[0] = 100;
        contents.Put(TensorData.Of("output.weight", contents.Tensors["output.weight"].Dimensions, values));
        contents.Put(TensorData.Of("output.scale", [1], scale));
        Assert.StartsWith("m.gguf: " + problem, Refusal(contents), StringComparison.Ordinal);
    }

    public static TheoryData<Architecture, string, object> Constants => new()
    {
        { Architecture.Qwen35, "rope.freq_base", float.NaN },
        { Architecture.Qwen35, "rope.freq_base", double.PositiveInfinity },
        { Architecture.Qwen35, "rope.freq_base", 1e300 },
        { Architecture.Qwen35, "rope.freq_base", 0f },
        { Architecture.Qwen35, "rope.freq_base", 1e-30f },
        { Architecture.Qwen35, "rope.freq_base", 1f },
        { Architecture.Qwen35, "rope.scaling.factor", 1e-30f },
        { Architecture.Qwen35, "rope.scaling.factor", 1e30f },
        { Architecture.Qwen35, "rope.scaling.attn_factor", -1f },
        { Architecture.Qwen35, "rope.scaling.attn_factor", 1e30f },
        { Architecture.Qwen35, "rope.dimension_sections", new[] { int.MaxValue, int.MaxValue, 0, 0 } },
        { Architecture.Qwen35, "rope.dimension_sections", new[] { 1 << 30, 1 << 30, 1 << 30, 1 } },
        { Architecture.Qwen35, "attention.layer_norm_rms_epsilon", float.NaN },
        { Architecture.Qwen35Moe, "expert_weights_scale", float.NaN },
        { Architecture.Qwen35Moe, "expert_weights_scale", 1e30f },
        { Architecture.KimiLinear, "expert_weights_scale", float.PositiveInfinity },
    };

    [Theory]
    [MemberData(nameof(Constants))]
    public void ReadConfig_ConstantOutOfRange_IsNamed(Architecture architecture, string key, object value)
    {
        FileContents contents = FileContents.Of(architecture);
        string name = $"{ArchitectureNames.Of(architecture)}.{key}";
        contents.Metadata[name] = new GgufValue(value);
        string message = Refusal(contents);
        Assert.Contains(name, message, StringComparison.Ordinal);
        Assert.Contains("is not valid", message, StringComparison.Ordinal);
    }

    // Each size is believable by itself; in 32 bits the products wrap to what the tensors have.
    [Theory]
    [InlineData(Architecture.Qwen35, "attention.head_count", 8388609u, "attention.key_length", 512u)]
    [InlineData(Architecture.Qwen35, "attention.head_count", 1u << 23, "attention.value_length", 1u << 23)]
    [InlineData(Architecture.Qwen35, "attention.head_count_kv", 1u << 20, "attention.head_count", 1u << 22)]
    [InlineData(Architecture.Qwen35, "ssm.group_count", 1u << 20, "ssm.time_step_rank", 1u << 20)]
    [InlineData(Architecture.Qwen35, "embedding_length", 1u << 24, "ssm.conv_kernel", 4u)]
    [InlineData(Architecture.KimiLinear, "attention.head_count", 1u << 22, "attention.key_length_mla", 1u << 22)]
    [InlineData(Architecture.KimiLinear, "attention.head_count", 1u << 22, "attention.value_length_mla", 1u << 22)]
    [InlineData(Architecture.Qwen35Moe, "expert_count", 1u << 24, "expert_used_count", 2u)]
    public void ReadConfig_ProductBeyondALayer_IsRefused(
        Architecture architecture, string key, uint value, string otherKey, uint otherValue)
    {
        FileContents contents = FileContents.Of(architecture);
        string prefix = ArchitectureNames.Of(architecture) + ".";
        contents.Metadata[prefix + key] = value;
        contents.Metadata[prefix + otherKey] = otherValue;
        if (key == "ssm.group_count") contents.Metadata[prefix + "ssm.inner_size"] = otherValue * 16;
        Assert.Throws<InputException>(() =>
        {
            using GgufFile file = contents.Open();
            ModelLoader.ReadConfig(file);
        });
    }

    [Fact]
    public void ReadConfig_HeadsTimesTheirLength_AreNotComputedIn32Bits()
    {
        FileContents contents = FileContents.Of(Architecture.Qwen35);
        contents.Metadata["qwen35.attention.head_count"] = 8388609u;
        contents.Metadata["qwen35.attention.head_count_kv"] = 8388609u;
        contents.Metadata["qwen35.attention.key_length"] = 512u;
        contents.Metadata["qwen35.attention.value_length"] = 512u;
        Assert.Contains("its sizes make queries, keys and values of", Refusal(contents), StringComparison.Ordinal);
    }

    private static string Refusal(FileContents contents) =>
        RefusalOrNull(contents) ?? throw new InvalidOperationException("The model loads.");

    private static string? RefusalOrNull(FileContents contents)
    {
        try
        {
            using GgufFile file = contents.Open();
            ModelConfig config = ModelLoader.ReadConfig(file);
            ModelLoader.ReadWeights<float>(file, config);
            return null;
        }
        catch (InputException e)
        {
            return e.Message;
        }
    }
}
