namespace Gdn.Reference.Gguf.Quantization;

/// <summary>
/// Q4_0: scale d (f16), then 16 bytes whose low nibbles are q of the first 16 elements and whose high nibbles of the
/// others; the value is d (q - 8).
/// </summary>
internal static class Q40
{
    private const int Bytes = 18;

    public static void Dequantize(ReadOnlySpan<byte> blocks, Span<float> values)
    {
        for (; !blocks.IsEmpty; blocks = blocks[Bytes..], values = values[Block.Small..])
        {
            float d = Block.Scale(blocks);
            for (int i = 0; i < Block.Small; i++) values[i] = d * (Block.Nibble(blocks[2..], i, Block.Small) - 8);
        }
    }
}
