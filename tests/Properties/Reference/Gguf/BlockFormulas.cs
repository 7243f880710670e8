using Gdn.Reference.Gguf;

namespace Gdn.Properties.Reference.Gguf;

/// <summary>
/// Each block format's formula, written a second time: per element, in double, from whole numbers taken out of the block bit
/// by bit.
/// </summary>
internal static class BlockFormulas
{
    /// <summary>Element <paramref name="e"/> of a block.</summary>
    public delegate double Formula(byte[] block, int e);

    /// <summary>The formula of each type, and where in a block it has 16-bit floats.</summary>
    public static readonly IReadOnlyDictionary<GgmlType, (Formula Formula, int[] Scales)> All =
        new Dictionary<GgmlType, (Formula Formula, int[] Scales)>
        {
            [GgmlType.F16] = ((b, e) => Half16(b, 2 * e), [0]),
            [GgmlType.Q80] = ((b, e) => Half16(b, 0) * (sbyte)b[2 + e], [0]),
            [GgmlType.Q40] = ((b, e) => Half16(b, 0) * (Bits(b, 8 * (2 + e % 16) + 4 * (e / 16), 4) - 8), [0]),
            [GgmlType.Q2K] = (Q2K, [80, 82]),
            [GgmlType.Q3K] = (Q3K, [108]),
            [GgmlType.Q4K] = ((b, e) => WithMinimum(b, e, Nibble(b, 16, e)), [0, 2]),
            [GgmlType.Q5K] = (
                (b, e) => WithMinimum(b, e, Nibble(b, 48, e) + 16 * Bits(b, 8 * (16 + e % 32) + e / 32, 1)), [0, 2]),
            [GgmlType.Q6K] = (Q6K, [208]),
            [GgmlType.IQ4XS] = (Iq4Xs, [0]),
            [GgmlType.Q41] = ((b, e) => Half16(b, 0) * Halves(b, 4, e, 32) + Half16(b, 2), [0, 2]),
            [GgmlType.Q50] = ((b, e) => Half16(b, 0) * (Halves(b, 6, e, 32) + 16 * Bits(b, 16 + e, 1) - 16), [0]),
            [GgmlType.Q51] = ((b, e) => Half16(b, 0) * (Halves(b, 8, e, 32) + 16 * Bits(b, 32 + e, 1)) + Half16(b, 2), [0, 2]),
            [GgmlType.Q10] = ((b, e) => Half16(b, 0) * (2 * Bits(b, 16 + e, 1) - 1), [0]),
            [GgmlType.Q20] = ((b, e) => Half16(b, 0) * (Bits(b, 16 + 2 * e, 2) - 1), [0]),
            [GgmlType.IQ4NL] = ((b, e) => Half16(b, 0) * Levels[Halves(b, 2, e, 32)], [0]),
            [GgmlType.MXFP4] = ((b, e) => Math.Pow(2, b[0] - 127) * Float4(Halves(b, 1, e, 32)), []),
            [GgmlType.NVFP4] = ((b, e) => Float8(b[e / 16]) * Float4(Halves(b, 4 + e / 16 * 8, e % 16, 16)), []),
            [GgmlType.TQ10] = ((b, e) => Half16(b, 52) * (Ternary(b, e) - 1), [52]),
            [GgmlType.TQ20] = ((b, e) => Half16(b, 64) * (TwoBits(b, 0, e) - 1), [64]),
        };

    private static ReadOnlySpan<int> Levels => [-127, -104, -83, -65, -49, -35, -22, -10, 1, 13, 25, 38, 53, 69, 89, 113];

    private static double Q2K(byte[] b, int e)
    {
        int q = TwoBits(b, 16, e), scale = Bits(b, 8 * (e / 16), 4), minimum = Bits(b, 8 * (e / 16) + 4, 4);
        return Half16(b, 80) * scale * q - Half16(b, 82) * minimum;
    }

    private static double Q3K(byte[] b, int e)
    {
        int k = e / 16;
        int scale = Bits(b, 8 * (96 + k % 8) + 4 * (k / 8), 4) + 16 * Bits(b, 8 * (104 + k % 4) + 2 * (k / 4), 2) - 32;
        bool lower = Bits(b, 8 * (e % 32) + e / 32, 1) == 0;
        return Half16(b, 108) * scale * (TwoBits(b, 32, e) - (lower ? 4 : 0));
    }

    // Q4_K and Q5_K: eight scales and eight minima of six bits each in 12 bytes.
    private static double WithMinimum(byte[] b, int e, int q)
    {
        int j = e / 32, s = 4;
        int scale = j < 4 ? Bits(b, 8 * (s + j), 6) : Bits(b, 8 * (s + j + 4), 4) + 16 * Bits(b, 8 * (s + j - 4) + 6, 2);
        int minimum = j < 4 ? Bits(b, 8 * (s + j + 4), 6) : Bits(b, 8 * (s + j + 4) + 4, 4) + 16 * Bits(b, 8 * (s + j) + 6, 2);
        return Half16(b, 0) * scale * q - Half16(b, 2) * minimum;
    }

    private static double Q6K(byte[] b, int e)
    {
        (int n, int j, int l) = (e / 128, e % 128 / 32, e % 32);
        int low = Bits(b, 8 * (64 * n + 32 * (j % 2) + l) + (j >= 2 ? 4 : 0), 4);
        return Half16(b, 208) * (sbyte)b[192 + e / 16] * (low + 16 * TwoBits(b, 128, e) - 32);
    }

    private static double Iq4Xs(byte[] b, int e)
    {
        (int j, int l) = (e / 32, e % 32);
        int scale = Bits(b, 8 * 4 + 4 * j, 4) + 16 * Bits(b, 8 * 2 + 2 * j, 2) - 32;
        return Half16(b, 0) * scale * Levels[Bits(b, 8 * (8 + 16 * j + l % 16) + 4 * (l / 16), 4)];
    }

    // Nibbles of two halves of n elements.
    private static int Halves(byte[] b, int start, int e, int n) => Bits(b, 8 * (start + e % (n / 2)) + 4 * (e / (n / 2)), 4);

    // A 4-bit float by its definition: sign, 2 bits of exponent, 1 of fraction.
    private static double Float4(int code)
    {
        int exponent = (code >> 1) & 3, fraction = code & 1;
        double size = exponent == 0 ? fraction * 0.5 : (2 + fraction) * Math.Pow(2, exponent - 2);
        return code < 8 ? size : -size;
    }

    // An 8-bit float without sign: 4 bits of exponent, 3 of fraction; 0x7F is no number and counts as zero.
    private static double Float8(int code)
    {
        int exponent = (code >> 3) & 15, fraction = code & 7;
        if (code == 0x7F) return 0;
        return exponent == 0 ? fraction * Math.Pow(2, -9) : (8 + fraction) * Math.Pow(2, exponent - 10);
    }

    // TQ1_0: digit n of base 3 of a byte that is ceil(256 / 243 number), from 32, 16 and 4 bytes in turn.
    private static int Ternary(byte[] b, int e)
    {
        (int first, int bytes, int i) = e < 160 ? (0, 32, e) : e < 240 ? (32, 16, e - 160) : (48, 4, e - 240);
        int packed = b[first + i % bytes] * (int)Math.Pow(3, i / bytes) % 256;
        return packed * 3 / 256;
    }

    // e = 128 n + 32 j + l: the j-th pair of bits of byte 32 n + l.
    private static int TwoBits(byte[] b, int start, int e) =>
        Bits(b, 8 * (start + 32 * (e / 128) + e % 32) + 2 * (e % 128 / 32), 2);

    // e = 64 n + 32 j + l: the j-th nibble of byte 32 n + l.
    private static int Nibble(byte[] b, int start, int e) =>
        Bits(b, 8 * (start + 32 * (e / 64) + e % 32) + 4 * (e % 64 / 32), 4);

    // Bits [first, first + count) of the block as a whole number; the lowest bit of a byte comes first.
    private static int Bits(byte[] b, int first, int count)
    {
        int value = 0;
        for (int i = 0; i < count; i++) value += ((b[(first + i) / 8] >> ((first + i) % 8)) & 1) << i;
        return value;
    }

    /// <summary>A 16-bit float by its definition: sign, 5 bits of exponent, 10 of fraction.</summary>
    public static double Half16(byte[] b, int at)
    {
        int bits = b[at] | (b[at + 1] << 8), exponent = (bits >> 10) & 31, fraction = bits & 1023;
        double size = exponent switch
        {
            0 => fraction * Math.Pow(2, -24),
            31 => fraction == 0 ? double.PositiveInfinity : double.NaN,
            _ => (1024 + fraction) * Math.Pow(2, exponent - 25),
        };
        return (bits & 0x8000) == 0 ? size : -size;
    }
}
