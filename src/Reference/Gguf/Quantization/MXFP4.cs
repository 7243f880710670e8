namespace Gdn.Reference.Gguf.Quantization;

/// <summary>
/// MXFP4: exponent e (a byte), then 16 bytes with nibbles as in Q4_0, 4-bit floats; the value is 2^(e - 127) float.
/// </summary>
internal static class MXFP4
{
    private const int Bytes = 17;

    public static void Dequantize(ReadOnlySpan<byte> blocks, Span<float> values)
    {
        for (; !blocks.IsEmpty; blocks = blocks[Bytes..], values = values[Block.Small..])
        {
            // The levels are doubled. The smallest scale, 2^-128, is a float below the normal ones, and exact.
            float half = MathF.ScaleB(1, blocks[0] - 128);
            for (int i = 0; i < Block.Small; i++) values[i] = half * Fp4.Doubled[Block.Nibble(blocks[1..], i, Block.Small)];
        }
    }
}
