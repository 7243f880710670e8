using Gdn.Harness.Models;
using Gdn.Properties.Support;
using Gdn.Reference;
using Gdn.Reference.Gguf;
using Gdn.Reference.Models;
using Xunit;

namespace Gdn.Properties.Reference.Models;

/// <summary>One model in the ways in which converters write it: the logits are the same to the last bit.</summary>
public class ModelVariantsTests
{
    // Small models: linear, linear, full attention, linear; 2 key heads, 4 value heads of 8.
    private const int Layers = 4, KeyHeads = 2, HeadDim = 8, Attention = 2;
    private const uint KeyValueHeads = 1;
    private const string SharedGate = "blk.0.ffn_gate_inp_shexp.weight";
    private static readonly int[] Linear = [0, 1, 3];

    // Each changes a file's contents, never the model.
    private static readonly Dictionary<string, (Architecture Architecture, Action<FileContents> Change)> Variants = new()
    {
        ["three sections"] = (Architecture.Qwen35, c => c.Metadata["qwen35.rope.dimension_sections"] = (int[])[11, 11, 10]),
        ["sections under another name"] = (Architecture.Qwen35, NameSectionsOtherwise),
        ["ssm_dt without .bias"] = (Architecture.Qwen35Moe, NameBiasOtherwise),
        ["key-value heads by layer"] = (Architecture.Qwen35, c => NameLinearLayersByHeads(c, "qwen35")),
        ["key-value heads by layer, all the same"] = (Architecture.Qwen3Moe, c =>
            c.Metadata["qwen3moe.attention.head_count_kv"] = new GgufValue(Enumerable.Repeat(KeyValueHeads, 4).ToArray())),
        ["flags of linear layers as integers"] = (Architecture.Qwen3Next, FlagLinearLayers),
        ["other models beside it"] = (Architecture.Qwen35, AddOtherModels),
        ["experts' gates and ups in one"] = (Architecture.Qwen35Moe, FuseExperts),
        ["the same without linear layers"] = (Architecture.Qwen3Moe, FuseExperts),
        ["q, k and v of full attention in one"] = (Architecture.Qwen35, FuseAttention),
        ["q, k, v and z of each key head in one"] = (Architecture.Qwen3Next, FuseInputs),
        ["beta and alpha apart"] = (Architecture.Qwen3Next, SplitBetaAlpha),
        ["the shared expert's gate as a matrix"] = (Architecture.Qwen35Moe, c =>
            c.Put(c.Tensors[SharedGate] with { Dimensions = [.. c.Tensors[SharedGate].Dimensions, 1] })),
        ["order of value heads as it is"] = (Architecture.Qwen35, c => c.Metadata["qwen35.ssm.v_head_reordered"] = true),
        ["everything at once"] = (Architecture.Qwen3Next, ChangeAll),
    };

    public static TheoryData<string, bool> Cases
    {
        get
        {
            var cases = new TheoryData<string, bool>();
            foreach (string name in Variants.Keys)
                foreach (bool quantized in (bool[])[false, true]) cases.Add(name, quantized);
            return cases;
        }
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void Logits_OfVariant_AreThoseOfTheModel(string name, bool quantized)
    {
        (Architecture architecture, Action<FileContents> change) = Variants[name];
        FileContents contents = Contents(architecture, quantized);
        float[] expected = contents.Logits();
        change(contents);
        Assert.Equal(expected, contents.Logits());
    }

    // The order of value heads is part of the model.
    [Fact]
    public void Logits_OtherOrderOfValueHeads_Differ()
    {
        FileContents contents = Contents(Architecture.Qwen35, quantized: false);
        float[] tiled = contents.Logits();
        contents.Metadata["qwen35.ssm.v_head_reordered"] = false;
        Assert.NotEqual(tiled, contents.Logits());
    }

    public static TheoryData<string, object, string> Contradictions => new()
    {
        { "attention.head_count_kv", new[] { 0, 2, 0, 2 }, "its zeros do not name the linear layers that qwen35.full_attent" },
        { "attention.head_count_kv", new[] { 0, 0, 2 }, "it names 3 layers of 4" },
        { "attention.head_count", new[] { 2, 2, 0, 2 }, "0 is not valid" },
        { "attention.recurrent_layers", new[] { 0, 1, 2, 3 }, "has 2 where a bool is expected" },
        { "attention.recurrent_layers", new[] { 1f, 1f, 0f, 1f }, "not an array of bools" },
        { "rope.dimension_sections", new[] { 11, 11, -1 }, "[11, 11, -1] is not valid" },
    };

    [Theory]
    [MemberData(nameof(Contradictions))]
    public void ReadConfig_ValuesThatCannotBe_AreNamed(string key, object value, string problem)
    {
        FileContents contents = Contents(Architecture.Qwen35, quantized: false);
        contents.Metadata[$"qwen35.{key}"] = new GgufValue(value);
        using GgufFile file = contents.Open();
        string message = Assert.Throws<InputException>(() => ModelLoader.ReadConfig(file)).Message;
        Assert.Contains($"qwen35.{key}", message, StringComparison.Ordinal);
        Assert.Contains(problem, message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("norm_top_k_prob", false)]
    [InlineData("expert_weights_norm", false)]
    [InlineData("expert_gating_func", 2)]
    public void ReadConfig_OtherRoutingOfExperts_IsRefused(string key, object value)
    {
        FileContents contents = Contents(Architecture.Qwen35Moe, quantized: false);
        contents.Metadata[$"qwen35moe.{key}"] = new GgufValue(value);
        using GgufFile file = contents.Open();
        string message = Assert.Throws<InputException>(() => ModelLoader.ReadConfig(file)).Message;
        Assert.Contains("not supported", message, StringComparison.Ordinal);
    }

    [Fact]
    public void ReadWeights_DraftLayerAlone_SaysWhoseItIs()
    {
        FileContents contents = FileContents.Of(Architecture.Qwen35, draftLayers: 1);
        contents.Logits();
        foreach (string name in contents.Tensors.Keys.ToArray())
            if (BlockNumber.Of(name) < 4) contents.Take(name);
        using GgufFile file = contents.Open();
        string message = Assert.Throws<InputException>(() => ModelLoader.ReadReference<float>(file)).Message;
        Assert.Equal(
            "m.gguf: it is a draft (MTP) layer alone, made for the model 'synthetic qwen35, seed 1' of 4 blocks; "
            + "give that model's file here; to a server, give both",
            message);
        Dictionary<string, string> lines = ModelInfo.Read(file).Lines().ToDictionary(line => line.Label, line => line.Text);
        Assert.StartsWith("it is a draft (MTP) layer alone", lines["not computable"], StringComparison.Ordinal);
    }

    [Fact]
    public void ReadConfig_DraftLayerThatCountsNoOther_SaysWhatItIs()
    {
        FileContents contents = FileContents.Of(Architecture.Qwen35, draftLayers: 1);
        contents.Metadata["qwen35.block_count"] = 1u;
        using GgufFile file = contents.Open();
        string message = Assert.Throws<InputException>(() => ModelLoader.ReadConfig(file)).Message;
        Assert.StartsWith("m.gguf: it is a draft (MTP) layer alone", message, StringComparison.Ordinal);
    }

    private static FileContents Contents(Architecture architecture, bool quantized)
    {
        FileContents contents = FileContents.Of(architecture);
        if (quantized)
            foreach (TensorData tensor in contents.Tensors.Values.Where(QuantizedFile.IsMatrix).ToArray())
                contents.Put(QuantizedFile.Quantize(tensor));
        return contents;
    }

    private static void NameSectionsOtherwise(FileContents contents)
    {
        contents.Metadata.Remove("qwen35.rope.dimension_sections");
        contents.Metadata["qwen35.rope.mrope_section"] = (int[])[11, 11, 10];
    }

    private static void NameBiasOtherwise(FileContents contents)
    {
        foreach (int layer in Linear)
            contents.Put(contents.Take($"blk.{layer}.ssm_dt.bias") with { Name = $"blk.{layer}.ssm_dt" });
    }

    private static void NameLinearLayersByHeads(FileContents contents, string architecture)
    {
        contents.Metadata.Remove($"{architecture}.full_attention_interval");
        contents.Metadata[$"{architecture}.attention.head_count_kv"] = (int[])[0, 0, (int)KeyValueHeads, 0];
    }

    private static void FlagLinearLayers(FileContents contents)
    {
        contents.Metadata.Remove("qwen3next.full_attention_interval");
        contents.Metadata["qwen3next.attention.recurrent_layers"] = new GgufValue((sbyte[])[1, 1, 0, 1]);
    }

    private static void AddOtherModels(FileContents contents)
    {
        contents.Put(TensorData.Of("v.patch_embd.weight", [2, 2], 1, 2, 3, 4));
        contents.Put(TensorData.Of("mtp.fc.weight", [2], 1, 2));
    }

    private static void FuseAttention(FileContents contents)
    {
        TensorData[] parts = [.. "qkv".Select(part => contents.Take($"blk.{Attention}.attn_{part}.weight"))];
        contents.Put(parts[0].With($"blk.{Attention}.attn_qkv.weight", parts.SelectMany(part => part.Slices())));
    }

    private static void SplitBetaAlpha(FileContents contents)
    {
        foreach (int layer in Linear)
        {
            TensorData joint = contents.Take($"blk.{layer}.ssm_ba.weight");
            byte[][][] heads = [.. joint.Slices().Chunk(joint.Slices().Count() / KeyHeads)];
            contents.Put(joint.With($"blk.{layer}.ssm_beta.weight", heads.SelectMany(rows => rows[..(rows.Length / 2)])));
            contents.Put(joint.With($"blk.{layer}.ssm_alpha.weight", heads.SelectMany(rows => rows[(rows.Length / 2)..])));
        }
    }

    private static void ChangeAll(FileContents contents)
    {
        FuseInputs(contents);
        FuseExperts(contents);
        NameLinearLayersByHeads(contents, "qwen3next");
        NameBiasOtherwise(contents);
        foreach (string name in contents.Tensors.Keys.Reverse().ToArray()) contents.Put(contents.Take(name));
    }

    private static void FuseExperts(FileContents contents)
    {
        for (int layer = 0; layer < Layers; layer++)
        {
            TensorData gate = contents.Take($"blk.{layer}.ffn_gate_exps.weight");
            TensorData up = contents.Take($"blk.{layer}.ffn_up_exps.weight");
            contents.Put(new TensorData(
                $"blk.{layer}.ffn_gate_up_exps.weight",
                [gate.Dimensions[0], 2 * gate.Dimensions[1], gate.Dimensions[2]], gate.Type,
                [.. gate.Slices().Zip(up.Slices(), (g, u) => (byte[])[.. g, .. u]).SelectMany(expert => expert)]));
        }
    }

    private static void FuseInputs(FileContents contents)
    {
        foreach (int layer in Linear)
        {
            TensorData qkv = contents.Take($"blk.{layer}.attn_qkv.weight");
            TensorData z = contents.Take($"blk.{layer}.attn_gate.weight");
            byte[][] rows = [.. qkv.Slices()], gates = [.. z.Slices()];
            int keys = KeyHeads * HeadDim, values = gates.Length / KeyHeads;
            contents.Put(qkv.With($"blk.{layer}.ssm_in.weight", Enumerable.Range(0, KeyHeads).SelectMany(head => (byte[][])
            [
                .. rows.Skip(head * HeadDim).Take(HeadDim), .. rows.Skip(keys + head * HeadDim).Take(HeadDim),
                .. rows.Skip(2 * keys + head * values).Take(values), .. gates.Skip(head * values).Take(values),
            ])));
        }
    }
}
