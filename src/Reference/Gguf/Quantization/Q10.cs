namespace Gdn.Reference.Gguf.Quantization;

/// <summary>Q1_0: d (f16), then 16 bytes with one bit for each element; the value is d or -d.</summary>
internal static class Q10
{
    private const int Elements = 128, Bytes = 18;

    public static void Dequantize(ReadOnlySpan<byte> blocks, Span<float> values)
    {
        for (; !blocks.IsEmpty; blocks = blocks[Bytes..], values = values[Elements..])
        {
            float d = Block.Scale(blocks);
            for (int i = 0; i < Elements; i++) values[i] = (blocks[2 + i / 8] >> (i % 8) & 1) == 0 ? -d : d;
        }
    }
}
