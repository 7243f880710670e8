namespace Gdn.Reference.Gguf.Quantization;

/// <summary>Q5_1: scale d and minimum m (f16), then q as in Q5_0; the value is d q + m.</summary>
internal static class Q51
{
    private const int Bytes = 24;

    public static void Dequantize(ReadOnlySpan<byte> blocks, Span<float> values)
    {
        for (; !blocks.IsEmpty; blocks = blocks[Bytes..], values = values[Block.Small..])
        {
            float d = Block.Scale(blocks), minimum = Block.Scale(blocks[2..]);
            for (int i = 0; i < Block.Small; i++) values[i] = d * Q50.Quant(blocks[4..], i) + minimum;
        }
    }
}
