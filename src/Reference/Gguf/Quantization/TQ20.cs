namespace Gdn.Reference.Gguf.Quantization;

/// <summary>TQ2_0: 64 bytes with 2-bit q as in Q2_K, d (f16); the value is d (q - 1).</summary>
internal static class TQ20
{
    private const int Bytes = 66;

    public static void Dequantize(ReadOnlySpan<byte> blocks, Span<float> values)
    {
        for (; !blocks.IsEmpty; blocks = blocks[Bytes..], values = values[Block.Super..])
        {
            float d = Block.Scale(blocks[64..]);
            for (int i = 0; i < Block.Super; i++) values[i] = d * (Q2K.Quant(blocks, i) - 1);
        }
    }
}
