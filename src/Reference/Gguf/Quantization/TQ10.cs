namespace Gdn.Reference.Gguf.Quantization;

/// <summary>
/// TQ1_0: 32 and then 16 bytes with five digits of base 3, then 4 bytes with four, the first digits of all bytes being the
/// first elements, and so on; d (f16); the value is d (digit - 1).
/// </summary>
internal static class TQ10
{
    private const int Bytes = 54;

    public static void Dequantize(ReadOnlySpan<byte> blocks, Span<float> values)
    {
        for (; !blocks.IsEmpty; blocks = blocks[Bytes..], values = values[Block.Super..])
        {
            float d = Block.Scale(blocks[52..]);
            Run(blocks[..32], 5, d, values);
            Run(blocks[32..48], 5, d, values[160..]);
            Run(blocks[48..52], 4, d, values[240..]);
        }
    }

    private static void Run(ReadOnlySpan<byte> packed, int digits, float d, Span<float> values)
    {
        for (int i = 0; i < digits * packed.Length; i++)
            values[i] = d * (Digit(packed[i % packed.Length], i / packed.Length) - 1);
    }

    // A byte holds 256 / 243 of its number, rounded up: times 3^n, what is beyond a byte is gone, and the top digit stays.
    private static int Digit(byte packed, int n)
    {
        for (; n > 0; n--) packed *= 3;
        return packed * 3 >> 8;
    }
}
