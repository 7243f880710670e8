namespace Gdn.Reference.Gguf.Quantization;

/// <summary>Q2_0: d (f16), then 16 bytes with 2-bit q, four elements in a byte; the value is d (q - 1).</summary>
internal static class Q20
{
    private const int Elements = 64, Bytes = 18;

    public static void Dequantize(ReadOnlySpan<byte> blocks, Span<float> values)
    {
        for (; !blocks.IsEmpty; blocks = blocks[Bytes..], values = values[Elements..])
        {
            float d = Block.Scale(blocks);
            for (int i = 0; i < Elements; i++) values[i] = d * ((blocks[2 + i / 4] >> (2 * (i % 4)) & 3) - 1);
        }
    }
}
