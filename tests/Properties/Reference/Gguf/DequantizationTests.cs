using Gdn.Harness;
using Gdn.Reference.Gguf;
using Xunit;

namespace Gdn.Properties.Reference.Gguf;

/// <summary>
/// Dequantization against each format's formula, written a second time: per element, in double, from whole numbers taken
/// out of the block bit by bit. The random scales are such that double holds every value exactly, so that rounding it to
/// float is the one right answer.
/// </summary>
public sealed class DequantizationTests
{
    private const int Blocks = 500;

    // Element e of a block.
    private delegate double Formula(byte[] block, int e);

    private static readonly Dictionary<GgmlType, (Formula Formula, int[] Scales)> Formulas = new()
    {
        [GgmlType.F16] = ((b, e) => Half16(b, 2 * e), [0]),
        [GgmlType.Q80] = ((b, e) => Half16(b, 0) * (sbyte)b[2 + e], [0]),
        [GgmlType.Q40] = ((b, e) => Half16(b, 0) * (Bits(b, 8 * (2 + e % 16) + 4 * (e / 16), 4) - 8), [0]),
        [GgmlType.Q2K] = (Q2K, [80, 82]),
        [GgmlType.Q3K] = (Q3K, [108]),
        [GgmlType.Q4K] = ((b, e) => WithMinimum(b, e, Nibble(b, 16, e)), [0, 2]),
        [GgmlType.Q5K] = ((b, e) => WithMinimum(b, e, Nibble(b, 48, e) + 16 * Bits(b, 8 * (16 + e % 32) + e / 32, 1)), [0, 2]),
        [GgmlType.Q6K] = (Q6K, [208]),
        [GgmlType.IQ4XS] = (Iq4Xs, [0]),
    };

    private static readonly int[] Levels = [-127, -104, -83, -65, -49, -35, -22, -10, 1, 13, 25, 38, 53, 69, 89, 113];

    public static TheoryData<GgmlType> Types => [.. Formulas.Keys];

    [Theory]
    [MemberData(nameof(Types))]
    public void Read_RandomBlocks_EqualsTheFormula(GgmlType type)
    {
        const ulong seed = 7;
        var random = new SeededRandom(seed + (ulong)type);
        GgmlTypeInfo info = GgmlTypes.Find(type)!;
        (Formula formula, int[] scales) = Formulas[type];
        byte[][] blocks = [.. Enumerable.Range(0, Blocks).Select(_ => RandomBlock(random, info.BlockBytes, scales))];

        float[] actual = Dequantize(type, [.. blocks.SelectMany(b => b)]);

        for (int i = 0; i < actual.Length; i++)
        {
            (int block, int e) = Math.DivRem(i, info.BlockElements);
            float expected = (float)formula(blocks[block], e);
            Assert.True(
                expected == actual[i],
                $"seed {seed}, {info.Name}, block {block}, element {e}: expected {expected:R}, actual {actual[i]:R}, allowed 0");
        }

        Assert.True(actual.Distinct().Count() > 100, "the blocks are too dull to prove anything");
    }

    [Fact]
    public void Read_EveryHalf_EqualsItsDefinition()
    {
        byte[] bytes = [.. Enumerable.Range(0, 1 << 16).SelectMany(bits => BitConverter.GetBytes((ushort)bits))];
        float[] actual = Dequantize(GgmlType.F16, bytes);
        for (int bits = 0; bits < actual.Length; bits++)
        {
            double expected = Half16(bytes, 2 * bits);
            Assert.True(expected.Equals(actual[bits]), $"half {bits:X4}: expected {expected}, actual {actual[bits]}");
        }
    }

    [Fact]
    public void Read_EveryBFloat_IsTheUpperHalfOfAFloat()
    {
        float[] actual = Dequantize(
            GgmlType.BF16, [.. Enumerable.Range(0, 1 << 16).SelectMany(bits => BitConverter.GetBytes((ushort)bits))]);
        for (int bits = 0; bits < actual.Length; bits++)
            Assert.Equal((uint)bits << 16, BitConverter.SingleToUInt32Bits(actual[bits]));
    }

    [Fact]
    public void Read_F32_KeepsEveryBit()
    {
        var random = new SeededRandom(3);
        uint[] bits = [.. Enumerable.Range(0, 50_000).Select(_ => (uint)random.NextUInt64())];
        float[] actual = Dequantize(GgmlType.F32, [.. bits.SelectMany(BitConverter.GetBytes)]);
        Assert.Equal(bits, actual.Select(BitConverter.SingleToUInt32Bits));
    }

    [Fact]
    public void Read_EveryTypeWithDequantizer_HasATest() => Assert.Equal(
        GgmlTypes.Known.Where(type => GgmlTypes.Find(type)!.Dequantize is not null).Order(),
        Formulas.Keys.Concat([GgmlType.F32, GgmlType.BF16]).Order());

    private static float[] Dequantize(GgmlType type, byte[] bytes)
    {
        GgmlTypeInfo info = GgmlTypes.Find(type)!;
        var writer = new GgufWriter();
        writer.Add("t", [bytes.Length / info.BlockBytes * info.BlockElements], type, bytes);
        using var stream = new MemoryStream();
        writer.Write(stream);
        using GgufFile file = GgufFile.Parse("m.gguf", stream.ToArray());
        return file.Read(file.GetTensor("t"));
    }

    // Scales are normal halfs between 2^-8 and 2^4, of either sign.
    private static byte[] RandomBlock(SeededRandom random, int length, int[] scales)
    {
        var block = new byte[length];
        foreach (ref byte value in block.AsSpan()) value = (byte)random.NextUInt64();
        foreach (int at in scales)
        {
            int bits = (random.Next(2) << 15) | ((7 + random.Next(12)) << 10) | random.Next(1 << 10);
            (block[at], block[at + 1]) = ((byte)bits, (byte)(bits >> 8));
        }

        return block;
    }

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

    // A 16-bit float by its definition: sign, 5 bits of exponent, 10 of fraction.
    private static double Half16(byte[] b, int at)
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
