namespace Gdn.Reference.Gguf.Quantization;

/// <summary>
/// NVFP4: 4 scales, 8-bit floats without sign for 16 elements each, then 8 bytes for each of them with nibbles, low ones
/// first, that are 4-bit floats; the value is scale float. Files give a factor for the whole tensor in another, <c>.scale</c>.
/// </summary>
internal static class NVFP4
{
    private const int Elements = 64, Bytes = 36, Group = 16;

    public static void Dequantize(ReadOnlySpan<byte> blocks, Span<float> values)
    {
        for (; !blocks.IsEmpty; blocks = blocks[Bytes..], values = values[Elements..])
        {
            for (int i = 0; i < Elements; i++)
            {
                int group = i / Group;
                float half = HalfScale(blocks[group]);
                values[i] = half * Fp4.Doubled[Block.Nibble(blocks[(4 + group * Group / 2)..], i % Group, Group)];
            }
        }
    }

    // Half of an 8-bit float, as the levels are doubled: 4 bits of exponent, 3 of fraction, no infinity. What is not a number
    // counts as zero, and the top bit is not read.
    private static float HalfScale(byte code)
    {
        int exponent = (code >> 3) & 0xF, fraction = code & 7;
        if (code == 0x7F) return 0;
        return exponent == 0 ? MathF.ScaleB(fraction, -10) : MathF.ScaleB(8 + fraction, exponent - 11);
    }
}
