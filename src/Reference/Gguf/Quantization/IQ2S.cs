namespace Gdn.Reference.Gguf.Quantization;

/// <summary>
/// IQ2_S: d (f16), for each 8 elements a byte with the low bits of their point, then for each a byte of signs, then 8 bytes
/// with the upper two bits of 4 points each, then 8 bytes with the scales as in IQ2_XS; the value is d (scale + 1/2) / 4 point.
/// </summary>
internal static class IQ2S
{
    private const int Bytes = 82;

    public static void Dequantize(ReadOnlySpan<byte> blocks, Span<float> values)
    {
        for (; !blocks.IsEmpty; blocks = blocks[Bytes..], values = values[Block.Super..])
        {
            float d = Block.Scale(blocks);
            ReadOnlySpan<byte> low = blocks.Slice(2, 32), signs = blocks.Slice(34, 32), high = blocks.Slice(66, 8);
            for (int l = 0; l < Block.Super / 8; l++)
            {
                int point = low[l] | ((high[l / 4] >> (2 * (l % 4)) & 3) << 8);
                Signs.Apply(signs[l], IQ2XS.Scale(d, blocks[74..], l / 2), Grid.IQ2S[point], values[(8 * l)..]);
            }
        }
    }
}
