namespace Gdn.Reference.Gguf.Quantization;

/// <summary>The 12 bytes of Q4_K and Q5_K that hold 8 scales and 8 minima of 6 bits each, for 32 elements each.</summary>
internal static class ScalesAndMinima
{
    public const int Bytes = 12;

    /// <summary>Scale and minimum of sub-block <paramref name="j"/>.</summary>
    public static (int Scale, int Minimum) Unpack(ReadOnlySpan<byte> packed, int j) => j < 4
        ? (packed[j] & 63, packed[j + 4] & 63)
        : ((packed[j + 4] & 0xF) | (packed[j - 4] >> 6 << 4), (packed[j + 4] >> 4) | (packed[j] >> 6 << 4));

    /// <summary>The nibble of element <paramref name="i"/>: two rows of 32 elements share 32 bytes.</summary>
    public static int Nibble(ReadOnlySpan<byte> quants, int i) =>
        (quants[i / 64 * 32 + i % 32] >> (4 * (i / 32 % 2))) & 0xF;
}
