namespace Gdn.Reference.Gguf.Quantization;

/// <summary>
/// IQ3_S: d (f16), 64 bytes with the low bits of the points of 4 elements each, 8 bytes with the ninth bits of 8 points each,
/// 32 bytes of signs, 4 bytes with a nibble for each 32 elements, their scale; the value is d (1 + 2 scale) point.
/// </summary>
internal static class IQ3S
{
    private const int Bytes = 110;

    public static void Dequantize(ReadOnlySpan<byte> blocks, Span<float> values)
    {
        for (; !blocks.IsEmpty; blocks = blocks[Bytes..], values = values[Block.Super..])
        {
            float d = Block.Scale(blocks);
            ReadOnlySpan<byte> low = blocks.Slice(2, 64), high = blocks.Slice(66, 8), signs = blocks.Slice(74, 32);
            ReadOnlySpan<byte> scales = blocks.Slice(106, 4);
            for (int l = 0; l < Block.Super / 4; l++)
            {
                int point = low[l] | ((high[l / 8] >> (l % 8) & 1) << 8);
                float scale = d * (1 + 2 * (scales[l / 16] >> (4 * (l / 8 % 2)) & 0xF));
                Signs.Apply(signs[l / 2] >> (4 * (l % 2)), scale, Grid.IQ3S[point], values[(4 * l)..]);
            }
        }
    }
}
