using System.Buffers.Binary;

namespace Gdn.Reference.Gguf.Quantization;

/// <summary>
/// Q5_0: scale d (f16), 32 bits with the fifth bit of q, bit i being that of element i, then 16 bytes with the low nibbles
/// as in Q4_0; the value is d (q - 16).
/// </summary>
internal static class Q50
{
    private const int Bytes = 22;

    public static void Dequantize(ReadOnlySpan<byte> blocks, Span<float> values)
    {
        for (; !blocks.IsEmpty; blocks = blocks[Bytes..], values = values[Block.Small..])
        {
            float d = Block.Scale(blocks);
            for (int i = 0; i < Block.Small; i++) values[i] = d * (Quant(blocks[2..], i) - 16);
        }
    }

    /// <summary>The 5 bits of element <paramref name="i"/>: fifth bits first, then low nibbles.</summary>
    public static int Quant(ReadOnlySpan<byte> quants, int i)
    {
        int highBit = (int)(BinaryPrimitives.ReadUInt32LittleEndian(quants) >> i) & 1;
        return Block.Nibble(quants[4..], i, Block.Small) | (highBit << 4);
    }
}
