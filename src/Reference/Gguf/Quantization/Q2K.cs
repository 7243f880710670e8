namespace Gdn.Reference.Gguf.Quantization;

/// <summary>
/// Q2_K: 16 bytes with scale (low nibble) and minimum (high nibble) of 16 elements each, 64 bytes with 2-bit q, d and dmin
/// (f16); the value is d scale q - dmin minimum.
/// </summary>
internal static class Q2K
{
    private const int Bytes = 84;

    public static void Dequantize(ReadOnlySpan<byte> blocks, Span<float> values)
    {
        for (; !blocks.IsEmpty; blocks = blocks[Bytes..], values = values[Block.Super..])
        {
            ReadOnlySpan<byte> scales = blocks[..16], quants = blocks.Slice(16, 64);
            float d = Block.Scale(blocks[80..]), min = Block.Scale(blocks[82..]);
            for (int i = 0; i < Block.Super; i++)
            {
                int q = Quant(quants, i);
                float dl = d * (scales[i / 16] & 0xF), ml = min * (scales[i / 16] >> 4);
                values[i] = dl * q - ml;
            }
        }
    }

    /// <summary>The 2 bits of element <paramref name="i"/>: four rows of 32 elements share 32 bytes.</summary>
    public static int Quant(ReadOnlySpan<byte> quants, int i) =>
        (quants[i / 128 * 32 + i % 32] >> (2 * (i % 128 / 32))) & 3;
}
