using System.Buffers.Binary;
using Gdn.Harness;
using Gdn.Harness.Models;
using Gdn.Properties.Support;
using Gdn.Reference.Gguf;
using Architecture = Gdn.Reference.Models.Architecture;

namespace Gdn.Properties.Fuzzing;

/// <summary>
/// Small models of every family with a few things changed: values, their types and lengths, shapes, types and elements of tensors,
/// names, and at last the bytes of the file, its counts and offsets among them.
/// </summary>
internal static class ModelFileMutator
{
    private static readonly string[] Texts =
        ["", "qwen35", "qwen3next", "\u001b[31m", "a\nb", "\u202Etxt", "llama", "gpt2", "yarn", new string('x', 5000), "٣"];

    private static readonly float[] Floats =
        [0, -0f, 1, -1, 1e-38f, 1e38f, float.NaN, float.PositiveInfinity, float.NegativeInfinity, float.Epsilon];

    private static readonly Lazy<byte[][]> Originals = new(() =>
    [
        .. Enum.GetValues<Architecture>().Select(architecture => Make(architecture, new SyntheticSizes(), quantized: false)),
        .. Enum.GetValues<Architecture>().Select(architecture => Make(architecture, SyntheticSizes.Tiny, quantized: false)),
        Make(Architecture.Qwen35, new SyntheticSizes() with { DraftLayers = 1 }, quantized: true),
        Make(Architecture.Qwen35Moe, new SyntheticSizes(), quantized: true),
    ]);

    /// <summary>A mutant.</summary>
    public static byte[] Make(SeededRandom random)
    {
        using GgufFile original = GgufFile.Parse("original", Originals.Value[random.Next(Originals.Value.Length)]);
        FileContents contents = FileContents.Of(original);
        for (int n = random.Next(3); n > 0; n--) ChangeValue(contents, random);
        for (int n = random.Next(3); n > 0; n--) ChangeTensor(contents, random);
        byte[] bytes = contents.ToArray();
        return random.Next(3) == 0 ? ChangeBytes(bytes, random) : bytes;
    }

    private static byte[] Make(Architecture architecture, SyntheticSizes sizes, bool quantized)
    {
        using var stream = new MemoryStream();
        SyntheticModel.Create(architecture, sizes, seed: 1).Write(stream);
        if (!quantized) return stream.ToArray();
        using GgufFile file = GgufFile.Parse("original", stream.ToArray());
        using var smaller = new MemoryStream();
        QuantizedModel.Of(file).Write(smaller);
        return smaller.ToArray();
    }

    private static void ChangeValue(FileContents contents, SeededRandom random)
    {
        string key = contents.Metadata.GetAt(random.Next(contents.Metadata.Count)).Key;
        switch (random.Next(8))
        {
            case 0:
                contents.Metadata.Remove(key);
                break;
            case 1:
                // A key that the reader may ask for, with a value of any kind.
                string[] optional =
                [
                    "rope.scaling.type", "rope.scaling.factor", "rope.scaling.attn_factor", "rope.freq_base", "rope.scale_linear",
                    "attention.recurrent_layers", "attention.value_length", "expert_weights_scale", "full_attention_interval",
                    "nextn_predict_layers", "rope.mrope_section", "ssm.v_head_reordered", "norm_top_k_prob", "vision.x",
                ];
                string prefix = contents.Metadata.Keys.FirstOrDefault(k => k.EndsWith(".block_count", StringComparison.Ordinal)) ?? "x.block_count";
                contents.Metadata[prefix[..^"block_count".Length] + optional[random.Next(optional.Length)]] = AnyValue(random);
                break;
            case 2 when contents.Metadata[key].Value is Array { Length: > 0 } array:
                contents.Metadata[key] = Resized(array, random);
                break;
            case 3 when contents.Metadata[key].Value is Array { Length: > 0 } array:
                var copy = (Array)array.Clone();
                copy.SetValue(copy.GetValue(random.Next(copy.Length)), random.Next(copy.Length));
                contents.Metadata[key] = new GgufValue(copy);
                break;
            case < 6 when contents.Metadata[key].Value is uint or int:
                contents.Metadata[key] = new GgufValue(AnyInteger(random));
                break;
            default:
                contents.Metadata[key] = AnyValue(random);
                break;
        }
    }

    private static GgufValue Resized(Array array, SeededRandom random)
    {
        var other = Array.CreateInstance(array.GetType().GetElementType()!, random.Next(2) == 0 ? random.Next(array.Length) : array.Length * 2);
        for (int i = 0; i < other.Length; i++) other.SetValue(array.GetValue(i % array.Length), i);
        return new GgufValue(other);
    }

    private static uint AnyInteger(SeededRandom random) => random.Next(3) switch
    {
        0 => (uint)random.Next(20),
        1 => (uint)((1L << random.Next(33)) - 1 + random.Next(3)),
        _ => (uint)(8388609L * (1 + random.Next(4))),
    };

    private static GgufValue AnyValue(SeededRandom random) => random.Next(9) switch
    {
        0 => new GgufValue(AnyInteger(random)),
        1 => new GgufValue((long)random.NextUInt64()),
        2 => new GgufValue(Floats[random.Next(Floats.Length)]),
        3 => new GgufValue(Math.Pow(10, random.Next(600) - 300)),
        4 => new GgufValue(random.Next(2) == 0),
        5 => new GgufValue(Texts[random.Next(Texts.Length)]),
        6 => new GgufValue(Enumerable.Range(0, random.Next(6)).Select(_ => (int)AnyInteger(random)).ToArray()),
        7 => new GgufValue(Enumerable.Range(0, random.Next(4)).Select(_ => Texts[random.Next(Texts.Length)]).ToArray()),
        _ => new GgufValue((sbyte)random.Next(256)),
    };

    private static void ChangeTensor(FileContents contents, SeededRandom random)
    {
        string name = contents.Tensors.GetAt(random.Next(contents.Tensors.Count)).Key;
        TensorData tensor = contents.Tensors[name];
        switch (random.Next(6))
        {
            case 0:
                contents.Take(name);
                break;
            case 1:
                contents.Put(contents.Take(name) with { Name = $"{name}{Texts[random.Next(Texts.Length)]}x" });
                break;
            case 2:
                contents.Put(tensor with { Dimensions = [.. tensor.Dimensions.Reverse()], Type = GgmlType.F32, Bytes = Zeros(tensor) });
                break;
            case 3:
                contents.Put(TensorData.Of(name[..(name.LastIndexOf('.') + 1)] + "scale", [1], Floats[random.Next(Floats.Length)]));
                break;
            default:
                byte[] bytes = [.. tensor.Bytes];
                for (int n = 1 + random.Next(3); n > 0; n--)
                    BinaryPrimitives.WriteSingleLittleEndian(
                        bytes.AsSpan(random.Next(Math.Max(1, bytes.Length / 4)) * 4 % Math.Max(1, bytes.Length - 3)),
                        random.Next(2) == 0 ? Floats[random.Next(Floats.Length)] : BitConverter.Int32BitsToSingle((int)random.NextUInt64()));
                contents.Put(tensor with { Bytes = bytes });
                break;
        }
    }

    private static byte[] Zeros(TensorData tensor) => new byte[tensor.Dimensions.Aggregate(sizeof(float), (product, size) => product * (int)size)];

    private static byte[] ChangeBytes(byte[] bytes, SeededRandom random)
    {
        // Mostly in the header.
        int reach = Math.Min(bytes.Length, random.Next(2) == 0 ? 64 : 8192);
        for (int n = 1 + random.Next(4); n > 0; n--)
        {
            int at = random.Next(reach);
            ulong number = random.Next(3) switch { 0 => 1UL << random.Next(64), 1 => random.NextUInt64(), _ => (ulong)random.Next(300) };
            var value = new byte[8];
            BinaryPrimitives.WriteUInt64LittleEndian(value, number);
            value.AsSpan(0, Math.Min(1 << random.Next(4), bytes.Length - at)).CopyTo(bytes.AsSpan(at));
        }

        return random.Next(4) == 0 ? bytes[..random.Next(bytes.Length)] : bytes;
    }
}
