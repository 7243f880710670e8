namespace Gdn.Reference.Gguf.Quantization;

/// <summary>
/// IQ4_NL: scale d (f16), then 16 bytes with nibbles as in Q4_0, indices into a fixed scale; the value is d level[index].
/// </summary>
internal static class IQ4NL
{
    private const int Bytes = 18;

    /// <summary>The fixed scale, of IQ4_XS too.</summary>
    public static ReadOnlySpan<sbyte> Levels =>
        [-127, -104, -83, -65, -49, -35, -22, -10, 1, 13, 25, 38, 53, 69, 89, 113];

    public static void Dequantize(ReadOnlySpan<byte> blocks, Span<float> values)
    {
        for (; !blocks.IsEmpty; blocks = blocks[Bytes..], values = values[Block.Small..])
        {
            float d = Block.Scale(blocks);
            for (int i = 0; i < Block.Small; i++) values[i] = d * Levels[Block.Nibble(blocks[2..], i, Block.Small)];
        }
    }
}
