namespace Gdn.Reference.Gguf.Quantization;

/// <summary>
/// Q4_K: d and dmin (f16), scales and minima of 32 elements each, 128 bytes with 4-bit q; the value is
/// d scale q - dmin minimum.
/// </summary>
internal static class Q4K
{
    private const int Bytes = 144;

    public static void Dequantize(ReadOnlySpan<byte> blocks, Span<float> values)
    {
        for (; !blocks.IsEmpty; blocks = blocks[Bytes..], values = values[Block.Super..])
        {
            float d = Block.Scale(blocks), min = Block.Scale(blocks[2..]);
            ReadOnlySpan<byte> packed = blocks.Slice(4, ScalesAndMinima.Bytes), quants = blocks[16..Bytes];
            for (int i = 0; i < Block.Super; i++)
            {
                (int scale, int minimum) = ScalesAndMinima.Unpack(packed, i / 32);
                values[i] = d * scale * ScalesAndMinima.Nibble(quants, i) - min * minimum;
            }
        }
    }
}
