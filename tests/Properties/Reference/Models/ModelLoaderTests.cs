using Gdn.Harness;
using Gdn.Harness.Models;
using Gdn.Reference;
using Gdn.Reference.Gguf;
using Gdn.Reference.Models;
using Xunit;

namespace Gdn.Properties.Reference.Models;

/// <summary>What is wrong with a model is said in one line: file, key or tensor, and what to do.</summary>
public class ModelLoaderTests
{
    private static byte[] Bytes(Architecture architecture)
    {
        using var stream = new MemoryStream();
        SyntheticModel.Create(architecture, new SyntheticSizes(), seed: 1).Write(stream);
        return stream.ToArray();
    }

    // The synthetic model with other metadata, or with tensors changed or left out (null).
    private static byte[] Changed(
        Architecture architecture, (string Key, GgufValue Value)[] metadata, Func<GgufTensor, long[]?> dimensions)
    {
        using GgufFile original = GgufFile.Parse("original", Bytes(architecture));
        var writer = new GgufWriter();
        foreach ((string key, GgufValue value) in original.Metadata)
            writer.Add(key, metadata.FirstOrDefault(change => change.Key == key).Value ?? value);
        foreach (GgufTensor tensor in original.Tensors.Values)
        {
            if (dimensions(tensor) is not { } shape) continue;
            writer.Add(tensor.Name, shape, new float[shape.Aggregate((a, b) => a * b)]);
        }

        using var stream = new MemoryStream();
        writer.Write(stream);
        return stream.ToArray();
    }

    private static string Error(byte[] bytes)
    {
        using GgufFile file = GgufFile.Parse("m.gguf", bytes);
        string message = Assert.Throws<InputException>(() => ModelLoader.ReadReference<float>(file)).Message;
        Assert.StartsWith("m.gguf: ", message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', message);
        return message;
    }

    [Theory]
    [InlineData(Architecture.Qwen35)]
    [InlineData(Architecture.Qwen35Moe)]
    [InlineData(Architecture.Qwen3Next)]
    [InlineData(Architecture.Qwen3Moe)]
    [InlineData(Architecture.KimiLinear)]
    public void ReadReference_EveryTensorOfTheTrunkMissing_IsNamed(Architecture architecture)
    {
        using GgufFile file = GgufFile.Parse("original", Bytes(architecture));
        foreach (string name in file.Tensors.Keys)
        {
            // A missing output is the embedding's transpose, and a model may have no shared expert.
            if (name == "output.weight" || name.EndsWith("ffn_gate_shexp.weight", StringComparison.Ordinal)) continue;
            string message = Error(Changed(
                architecture, [], tensor => tensor.Name == name ? null : [.. tensor.Dimensions]));
            Assert.Contains($"'{name}'", message, StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData(Architecture.Qwen35)]
    [InlineData(Architecture.Qwen35Moe)]
    [InlineData(Architecture.Qwen3Next)]
    [InlineData(Architecture.Qwen3Moe)]
    public void ReadReference_AnyTensorMisshapen_IsRefused(Architecture architecture)
    {
        using GgufFile file = GgufFile.Parse("original", Bytes(architecture));
        foreach (string name in file.Tensors.Keys)
            Error(Changed(
                architecture, [],
                tensor => tensor.Name == name ? [tensor.Dimensions[0] + 1, .. tensor.Dimensions.Skip(1)] : [.. tensor.Dimensions]));
    }

    public static TheoryData<string, object, string> AbsurdValues => new()
    {
        { "general.architecture", "llama", "'llama' is not supported; use one of qwen35, qwen35moe, qwen3next, qwen3moe, kimi-linear" },
        { "qwen35.block_count", 0u, "0 is not valid" },
        { "qwen35.block_count", 4_000_000_000u, "qwen35.block_count" },
        { "qwen35.block_count", 9u, "'blk.4.attn_norm.weight'" },
        { "qwen35.embedding_length", 65u, "[65, 256]" },
        { "qwen35.attention.head_count_kv", 3u, "3 does not divide 2" },
        { "qwen35.ssm.group_count", 3u, "3 does not divide 4" },
        { "qwen35.ssm.state_size", 63u, "256 is not 4 value heads of 63" },
        { "qwen35.ssm.conv_kernel", 1u, "1 leaves no window" },
        { "qwen35.ssm.conv_kernel", 1000u, "1000 is not valid" },
        { "qwen35.rope.dimension_count", 31u, "31 is not valid" },
        { "qwen35.rope.dimension_sections", new[] { 11, 21 }, "[11, 21] is not valid" },
        { "qwen35.attention.layer_norm_rms_epsilon", 0f, "0 is not valid" },
        { "qwen35.attention.layer_norm_rms_epsilon", float.NaN, "NaN is not valid" },
        { "qwen35.context_length", 0u, "0 is not valid" },
    };

    [Theory]
    [MemberData(nameof(AbsurdValues))]
    public void ReadReference_AbsurdValue_IsNamed(string key, object value, string problem) => Assert.Contains(
        problem,
        Error(Changed(Architecture.Qwen35, [(key, new GgufValue(value))], tensor => [.. tensor.Dimensions])),
        StringComparison.Ordinal);

    // Whatever a damaged header says, a model comes out or one clear error, without gigabytes.
    [Fact]
    public void ReadReference_DamagedHeaders_AreReadOrRefused()
    {
        byte[] original = Bytes(Architecture.Qwen35);
        using GgufFile file = GgufFile.Parse("original", original);
        int header = (int)file.Tensors.Values.Min(tensor => tensor.Offset);
        int refused = 0;
        for (ulong seed = 0; seed < 3_000; seed++)
        {
            var random = new SeededRandom(seed);
            byte[] damaged = [.. original];
            for (int n = random.Next(3); n >= 0; n--) damaged[random.Next(header)] = (byte)random.Next(256);
            long before = GC.GetAllocatedBytesForCurrentThread();
            try
            {
                using GgufFile opened = GgufFile.Parse("damaged", damaged);
                ModelLoader.ReadReference<float>(opened);
            }
            catch (InputException)
            {
                refused++;
            }
            catch (Exception e)
            {
                Assert.Fail($"seed {seed}: {e}");
            }

            long allocated = GC.GetAllocatedBytesForCurrentThread() - before;
            Assert.True(allocated < 8L * original.Length, $"seed {seed}: {allocated} bytes allocated");
        }

        Assert.InRange(refused, 500, 3_000);
    }
}
