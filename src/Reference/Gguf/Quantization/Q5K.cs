namespace Gdn.Reference.Gguf.Quantization;

/// <summary>
/// Q5_K: as Q4_K, with 32 bytes before the nibbles that hold the fifth bit of q, bit j of byte l being that of element
/// 32 j + l.
/// </summary>
internal static class Q5K
{
    private const int Bytes = 176;

    public static void Dequantize(ReadOnlySpan<byte> blocks, Span<float> values)
    {
        for (; !blocks.IsEmpty; blocks = blocks[Bytes..], values = values[Block.Super..])
        {
            float d = Block.Scale(blocks), min = Block.Scale(blocks[2..]);
            ReadOnlySpan<byte> packed = blocks.Slice(4, ScalesAndMinima.Bytes);
            ReadOnlySpan<byte> high = blocks.Slice(16, 32), low = blocks[48..Bytes];
            for (int i = 0; i < Block.Super; i++)
            {
                (int scale, int minimum) = ScalesAndMinima.Unpack(packed, i / 32);
                int highBit = (high[i % 32] >> (i / 32)) & 1;
                int q = ScalesAndMinima.Nibble(low, i) | (highBit << 4);
                values[i] = d * scale * q - min * minimum;
            }
        }
    }
}
