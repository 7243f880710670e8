namespace Gdn.Reference.Gguf.Quantization;

/// <summary>Q8_0: scale d (f16), then 32 signed bytes q; the value is d q.</summary>
internal static class Q80
{
    private const int Bytes = 34;

    public static void Dequantize(ReadOnlySpan<byte> blocks, Span<float> values)
    {
        for (; !blocks.IsEmpty; blocks = blocks[Bytes..], values = values[Block.Small..])
        {
            float d = Block.Scale(blocks);
            for (int i = 0; i < Block.Small; i++) values[i] = (sbyte)blocks[2 + i] * d;
        }
    }
}
