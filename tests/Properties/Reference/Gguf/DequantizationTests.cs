using System.Runtime.InteropServices;
using System.Security.Cryptography;
using Gdn.Harness;
using Gdn.Properties.Support;
using Gdn.Reference;
using Gdn.Reference.Gguf;
using Xunit;

namespace Gdn.Properties.Reference.Gguf;

/// <summary>
/// Dequantization against each format's formula (<see cref="BlockFormulas"/>) and against ggml. The random scales are such
/// that double holds every value exactly, so that rounding it to float is the one right answer.
/// </summary>
public sealed class DequantizationTests
{
    private const ulong Seed = 7;
    private const int Blocks = 500;

    private static readonly GgmlType[] Grids =
    [
        GgmlType.IQ2XXS, GgmlType.IQ2XS, GgmlType.IQ2S, GgmlType.IQ3XXS, GgmlType.IQ3S, GgmlType.IQ1S, GgmlType.IQ1M,
    ];

    public static TheoryData<GgmlType> Types => [.. BlockFormulas.All.Keys];

    [Theory]
    [MemberData(nameof(Types))]
    public void Read_RandomBlocks_EqualsTheFormula(GgmlType type)
    {
        GgmlTypeInfo info = GgmlTypes.Find(type)!;
        BlockFormulas.Formula formula = BlockFormulas.All[type].Formula;
        byte[] bytes = RandomBlocks(type);
        byte[][] blocks = [.. bytes.Chunk(info.BlockBytes)];

        float[] actual = Dequantize(type, bytes);

        for (int i = 0; i < actual.Length; i++)
        {
            (int block, int e) = Math.DivRem(i, info.BlockElements);
            float expected = (float)formula(blocks[block], e);
            Assert.True(
                expected == actual[i],
                $"seed {Seed}, {info.Name}, block {block}, element {e}: expected {expected:R}, actual {actual[i]:R}, allowed 0");
        }

        Assert.True(actual.Distinct().Count() > 100, "the blocks are too dull to prove anything");
    }

    // Their grids are tables without a formula: what ggml 0.25.1 makes of the same blocks, as a digest.
    [Theory]
    [InlineData(GgmlType.IQ2XXS, "2dee9ea60dc5d230")]
    [InlineData(GgmlType.IQ2XS, "32b4be01045b1731")]
    [InlineData(GgmlType.IQ2S, "176919c6e7b7580f")]
    [InlineData(GgmlType.IQ3XXS, "87063808503b6948")]
    [InlineData(GgmlType.IQ3S, "baa323986c6df1ea")]
    [InlineData(GgmlType.IQ1S, "2181bf952a9c5057")]
    [InlineData(GgmlType.IQ1M, "ed509ca5dd50bd0e")]
    public void Read_GridTypes_GivesTheBitsOfGgml(GgmlType type, string digest) =>
        Assert.Equal(digest, Digest(Dequantize(type, RandomBlocks(type))));

    [GgmlFact]
    public void Read_EveryType_GivesTheBitsOfGgml()
    {
        foreach (GgmlType type in GgmlTypes.Known.Where(t => GgmlTypes.Find(t) is { Dequantize: not null, BlockElements: > 1 }))
        {
            byte[] blocks = RandomBlocks(type);
            float[] expected = GgmlDequantizer.Run(GgmlFactAttribute.Folder!, type, blocks), actual = Dequantize(type, blocks);
            int at = Bits(expected).CommonPrefixLength(Bits(actual));
            Assert.True(at == expected.Length, $"seed {Seed}, {GgmlTypes.NameOf(type)}, element {at}");
        }
    }

    [Fact]
    public void Read_UnknownType_NamesTensorAndType()
    {
        using GgufFile file = GgufFile.Parse(
            "m.gguf", RawGguf.Start(2, 0).Tensor("t", 144, 0, 32).Tensor("u", 0, 64, 1).Data(96).ToArray());
        GgufTensor tensor = file.GetTensor("t");
        Assert.Equal(64, tensor.ByteLength);
        Assert.Equal("type 144", GgmlTypes.NameOf(tensor.Type));
        Assert.Equal([0f], file.Read(file.GetTensor("u")));
        string message = Assert.Throws<InputException>(() => file.Read(tensor)).Message;
        Assert.StartsWith("m.gguf: tensor 't': has type 144, which ggml does not know; ", message, StringComparison.Ordinal);
    }

    [Fact]
    public void Read_EveryHalf_EqualsItsDefinition()
    {
        byte[] bytes = [.. Enumerable.Range(0, 1 << 16).SelectMany(bits => BitConverter.GetBytes((ushort)bits))];
        float[] actual = Dequantize(GgmlType.F16, bytes);
        for (int bits = 0; bits < actual.Length; bits++)
        {
            double expected = BlockFormulas.Half16(bytes, 2 * bits);
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
        BlockFormulas.All.Keys.Concat(Grids).Concat([GgmlType.F32, GgmlType.BF16]).Order());

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

    // Any bytes at all but for scales that are no numbers: what ggml makes of those is not one bit pattern.
    private static byte[] RandomBlocks(GgmlType type)
    {
        var random = new SeededRandom(Seed + (ulong)type);
        GgmlTypeInfo info = GgmlTypes.Find(type)!;
        int[] scales = type switch
        {
            GgmlType.IQ1M => [],
            _ when BlockFormulas.All.TryGetValue(type, out (BlockFormulas.Formula, int[] Scales) known) => known.Scales,
            _ => [0],
        };
        byte[][] blocks = [.. Enumerable.Range(0, Blocks).Select(_ => RandomBlock(random, info.BlockBytes, scales))];
        // The scale of IQ1_M is spread over the upper nibbles of its last four words; without sign and upper exponent bit it
        // is a number.
        if (type == GgmlType.IQ1M)
            foreach (byte[] block in blocks) block[55] &= 0x3F;
        return [.. blocks.SelectMany(block => block)];
    }

    private static ReadOnlySpan<int> Bits(float[] values) => MemoryMarshal.Cast<float, int>(values);

    private static string Digest(float[] values) =>
        Convert.ToHexStringLower(SHA256.HashData(MemoryMarshal.AsBytes<float>(values)))[..16];

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
}
