using System.Buffers.Binary;
using Gdn.Harness.Models;
using Gdn.Reference.Gguf;
using Gdn.Reference.Models;

namespace Gdn.Properties.Support;

/// <summary>The small synthetic model of a family with every matrix rounded to Q8_0.</summary>
internal static class QuantizedFile
{
    private const int BlockElements = 32, BlockBytes = 34, Most = 127;

    /// <summary>Makes the file.</summary>
    /// <param name="architecture">The family.</param>
    /// <param name="keepBlocks">Whether the matrices are in Q8_0, or the same values in F32.</param>
    public static GgufFile Of(Architecture architecture, bool keepBlocks)
    {
        using var plain = GgufFile.Parse("plain", Bytes(SyntheticModel.Create(architecture, new SyntheticSizes(), seed: 3)));
        var writer = new GgufWriter();
        foreach (KeyValuePair<string, GgufValue> pair in plain.Metadata) writer.Add(pair.Key, pair.Value);
        foreach (GgufTensor tensor in plain.Tensors.Values)
        {
            float[] values = plain.Read(tensor);
            bool isMatrix = tensor.Dimensions.Count >= 2 && tensor.Dimensions[0] % BlockElements == 0;
            byte[] blocks = isMatrix ? Blocks(values) : [];
            if (isMatrix && keepBlocks)
                writer.Add(tensor.Name, [.. tensor.Dimensions], GgmlType.Q80, blocks);
            else
                writer.Add(
                    tensor.Name, [.. tensor.Dimensions],
                    isMatrix ? new QuantizedRows(GgmlType.Q80, blocks).Unpack<float>() : values);
        }

        return GgufFile.Parse("quantized", Bytes(writer));
    }

    /// <summary>Whether a tensor's rows are whole blocks.</summary>
    public static bool IsMatrix(TensorData tensor) => tensor.Dimensions.Length >= 2 && tensor.Dimensions[0] % BlockElements == 0;

    /// <summary>The tensor, which is in single precision, rounded to Q8_0.</summary>
    public static TensorData Quantize(TensorData tensor) =>
        tensor with { Type = GgmlType.Q80, Bytes = Blocks(tensor.Values()) };

    private static byte[] Blocks(float[] values)
    {
        var bytes = new byte[values.Length / BlockElements * BlockBytes];
        for (int block = 0; block * BlockElements < values.Length; block++)
        {
            ReadOnlySpan<float> elements = values.AsSpan(block * BlockElements, BlockElements);
            Span<byte> target = bytes.AsSpan(block * BlockBytes, BlockBytes);
            float largest = 0;
            foreach (float element in elements) largest = Math.Max(largest, Math.Abs(element));
            var scale = (Half)(largest / Most);
            BinaryPrimitives.WriteHalfLittleEndian(target, scale);
            for (int i = 0; i < BlockElements; i++)
                target[2 + i] = (byte)(sbyte)Math.Clamp(Math.Round(elements[i] / (float)scale), -Most, Most);
        }

        return bytes;
    }

    private static byte[] Bytes(GgufWriter writer)
    {
        using var stream = new MemoryStream();
        writer.Write(stream);
        return stream.ToArray();
    }
}
