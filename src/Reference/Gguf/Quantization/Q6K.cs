namespace Gdn.Reference.Gguf.Quantization;

/// <summary>
/// Q6_K: 128 bytes with the low nibbles of q, 64 bytes with its upper two bits as in Q2_K, 16 signed scales of 16 elements
/// each, d (f16); the value is d scale (q - 32).
/// </summary>
internal static class Q6K
{
    private const int Bytes = 210;

    public static void Dequantize(ReadOnlySpan<byte> blocks, Span<float> values)
    {
        for (; !blocks.IsEmpty; blocks = blocks[Bytes..], values = values[Block.Super..])
        {
            ReadOnlySpan<byte> low = blocks[..128], high = blocks.Slice(128, 64), scales = blocks.Slice(192, 16);
            float d = Block.Scale(blocks[208..]);
            for (int i = 0; i < Block.Super; i++)
            {
                int q = Nibble(low, i) | (Q2K.Quant(high, i) << 4);
                values[i] = d * (sbyte)scales[i / 16] * (q - 32);
            }
        }
    }

    // Elements i and i + 64 of each half share a byte.
    private static int Nibble(ReadOnlySpan<byte> quants, int i) =>
        (quants[i / 128 * 64 + i % 64] >> (4 * (i % 128 / 64))) & 0xF;
}
