namespace Gdn.Reference.Gguf.Quantization;

/// <summary>
/// Q3_K: 32 bytes with the third bit of q, 64 bytes with the other two as in Q2_K, 12 bytes with 16 six-bit scales,
/// d (f16); the value is d (scale - 32) (q - 4).
/// </summary>
internal static class Q3K
{
    private const int Bytes = 110;

    public static void Dequantize(ReadOnlySpan<byte> blocks, Span<float> values)
    {
        for (; !blocks.IsEmpty; blocks = blocks[Bytes..], values = values[Block.Super..])
        {
            ReadOnlySpan<byte> high = blocks[..32], low = blocks.Slice(32, 64), scales = blocks.Slice(96, 12);
            float d = Block.Scale(blocks[108..]);
            for (int i = 0; i < Block.Super; i++)
            {
                int highBit = (high[i % 32] >> (i / 32)) & 1;
                int q = Q2K.Quant(low, i) | (highBit << 2);
                values[i] = d * (Scale(scales, i / 16) - 32) * (q - 4);
            }
        }
    }

    // Low nibbles of 16 scales in 8 bytes, then their upper two bits, four to a byte.
    private static int Scale(ReadOnlySpan<byte> scales, int k)
    {
        int low = k < 8 ? scales[k] & 0xF : scales[k - 8] >> 4;
        int high = (scales[8 + k % 4] >> (2 * (k / 4))) & 3;
        return low | (high << 4);
    }
}
