using System.Buffers.Binary;

namespace Gdn.Reference.Gguf.Quantization;

/// <summary>The float types, which have no blocks.</summary>
internal static class Floats
{
    public static void DequantizeF32(ReadOnlySpan<byte> blocks, Span<float> values)
    {
        for (int i = 0; i < values.Length; i++)
            values[i] = BinaryPrimitives.ReadSingleLittleEndian(blocks[(4 * i)..]);
    }

    public static void DequantizeF16(ReadOnlySpan<byte> blocks, Span<float> values)
    {
        for (int i = 0; i < values.Length; i++) values[i] = Block.Scale(blocks[(2 * i)..]);
    }

    public static void DequantizeBF16(ReadOnlySpan<byte> blocks, Span<float> values)
    {
        for (int i = 0; i < values.Length; i++)
            values[i] = BitConverter.Int32BitsToSingle(BinaryPrimitives.ReadUInt16LittleEndian(blocks[(2 * i)..]) << 16);
    }
}
