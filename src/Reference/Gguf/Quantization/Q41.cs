namespace Gdn.Reference.Gguf.Quantization;

/// <summary>Q4_1: scale d and minimum m (f16), then 16 bytes with nibbles q as in Q4_0; the value is d q + m.</summary>
internal static class Q41
{
    private const int Bytes = 20;

    public static void Dequantize(ReadOnlySpan<byte> blocks, Span<float> values)
    {
        for (; !blocks.IsEmpty; blocks = blocks[Bytes..], values = values[Block.Small..])
        {
            float d = Block.Scale(blocks), minimum = Block.Scale(blocks[2..]);
            for (int i = 0; i < Block.Small; i++) values[i] = d * Block.Nibble(blocks[4..], i, Block.Small) + minimum;
        }
    }
}
