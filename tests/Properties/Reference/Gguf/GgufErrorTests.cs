using Gdn.Reference;
using Gdn.Reference.Gguf;
using Xunit;

namespace Gdn.Properties.Reference.Gguf;

/// <summary>Each way in which a header can be wrong, and what the user is told.</summary>
public sealed class GgufErrorTests
{
    private const string Damaged = "the file is cut off or damaged: download or write it again";
    private const uint F32 = 0;

    private static readonly Dictionary<string, (RawGguf File, string Message)> Files = new()
    {
        ["empty"] = (new RawGguf(), "header: does not start with 'GGUF'; give a model in GGUF format"),
        ["foreign"] = (
            new RawGguf().Ascii("PK\u0003\u0004 this is no model"),
            "header: does not start with 'GGUF'; give a model in GGUF format"),
        ["version 1"] = (
            new RawGguf().Ascii("GGUF").U32(1).U32(0).U32(0),
            "header: has version 1; convert the model with a current converter, which writes version 3"),
        ["version 4"] = (
            new RawGguf().Ascii("GGUF").U32(4).U64(0).U64(0),
            "header: has version 4; convert the model with a current converter, which writes version 3"),
        ["big endian"] = (
            new RawGguf().Ascii("GGUF").Bytes(0, 0, 0, 3).U64(0).U64(0),
            "header: is big endian; convert the model for a little-endian machine"),
        ["ends after magic"] = (new RawGguf().Ascii("GGUF"), $"header: ends at byte 4, 4 too early; {Damaged}"),
        ["absurd entry count"] = (
            RawGguf.Start(0, ulong.MaxValue),
            $"header: declares 18446744073709551615 metadata entries, but only 0 bytes are left; {Damaged}"),
        ["absurd tensor count"] = (
            RawGguf.Start(1UL << 40, 0),
            $"header: declares 1099511627776 tensors, but only 0 bytes are left; {Damaged}"),
        ["ends in value"] = (
            RawGguf.Start(0, 1).Text("size").U32(4).Bytes(1, 2),
            $"key 'size': ends at byte 42, 2 too early; {Damaged}"),
        ["absurd key length"] = (
            RawGguf.Start(0, 1).U64(1UL << 60).Data(20),
            $"metadata entry 0: declares 1152921504606846976 bytes of text, but only 20 bytes are left; {Damaged}"),
        ["empty key"] = (RawGguf.Start(0, 1).Entry("", 1), $"metadata entry 0: has an empty key; {Damaged}"),
        ["key not UTF-8"] = (
            RawGguf.Start(0, 1).U64(2).Bytes(0xC3, 0x28).U32(4).U32(1),
            $"metadata entry 0: has text at byte 32 that is not valid UTF-8; {Damaged}"),
        ["value not UTF-8"] = (
            RawGguf.Start(0, 1).Text("name").U32(8).U64(1).Bytes(0xFF),
            $"key 'name': has text at byte 48 that is not valid UTF-8; {Damaged}"),
        ["key twice"] = (
            RawGguf.Start(0, 2).Entry("a", 1).Entry("a", 2),
            "key 'a': occurs twice; remove one of the two when converting"),
        ["value type"] = (
            RawGguf.Start(0, 1).Text("a").U32(13).U32(0),
            $"key 'a': has value type 13, which does not exist; {Damaged}"),
        ["bool"] = (
            RawGguf.Start(0, 1).Text("a").U32(7).Bytes(2),
            $"key 'a': has the byte 2 where a bool is expected; {Damaged}"),
        ["array of arrays"] = (
            RawGguf.Start(0, 1).Text("a").U32(9).U32(9).U64(1).U32(4).U64(0),
            "key 'a': is an array of arrays, which is not supported; flatten it when converting"),
        ["element type"] = (
            RawGguf.Start(0, 1).Text("a").U32(9).U32(99).U64(0),
            $"key 'a': has elements of type 99, which does not exist; {Damaged}"),
        ["absurd array count"] = (
            RawGguf.Start(0, 1).Text("a").U32(9).U32(8).U64(1UL << 61).U64(0),
            $"key 'a': declares 2305843009213693952 elements, but only 8 bytes are left; {Damaged}"),
        ["alignment of zero"] = (
            RawGguf.Start(0, 1).Entry("general.alignment", 0),
            $"key 'general.alignment': is 0, not a power of two; {Damaged}"),
        ["alignment of 24"] = (
            RawGguf.Start(0, 1).Entry("general.alignment", 24),
            $"key 'general.alignment': is 24, not a power of two; {Damaged}"),
        ["alignment of text"] = (
            RawGguf.Start(0, 1).Text("general.alignment").U32(8).Text("32"),
            "key 'general.alignment': is Text, not an integer; "
            + "this is not a file that the tool can use; convert the model again"),
        ["tensor without name"] = (
            RawGguf.Start(1, 0).Tensor("", F32, 0, 1).Data(32), $"tensor 0: has no name; {Damaged}"),
        ["tensor twice"] = (
            RawGguf.Start(2, 0).Tensor("t", F32, 0, 1).Tensor("t", F32, 32, 1).Data(64),
            "tensor 't': occurs twice; remove one of the two when converting"),
        ["no dimensions"] = (
            RawGguf.Start(1, 0).Tensor("t", F32, 0).Data(32),
            $"tensor 't': has 0 dimensions, allowed are 1 to 4; {Damaged}"),
        ["five dimensions"] = (
            RawGguf.Start(1, 0).Tensor("t", F32, 0, 1, 1, 1, 1, 1).Data(32),
            $"tensor 't': has 5 dimensions, allowed are 1 to 4; {Damaged}"),
        ["dimension of zero"] = (
            RawGguf.Start(1, 0).Tensor("t", F32, 0, 4, 0).Data(32),
            $"tensor 't': has size 0 in dimension 1; {Damaged}"),
        ["negative dimension"] = (
            RawGguf.Start(1, 0).Tensor("t", F32, 0, ulong.MaxValue).Data(32),
            $"tensor 't': has size 18446744073709551615 in dimension 0; {Damaged}"),
        // The product of the sizes is 0 modulo 2^64.
        ["overflowing dimensions"] = (
            RawGguf.Start(1, 0).Tensor("t", F32, 0, 1UL << 32, 1UL << 32).Data(32),
            $"tensor 't': has sizes [4294967296, 4294967296], more than the file's 128 bytes; {Damaged}"),
        // And here modulo 2^128.
        ["overflowing four dimensions"] = (
            RawGguf.Start(1, 0).Tensor("t", F32, 0, 1UL << 62, 1UL << 62, 1UL << 62, 1UL << 62).Data(32),
            "tensor 't': has sizes [4611686018427387904, 4611686018427387904, 4611686018427387904, 4611686018427387904], "
            + $"more than the file's 128 bytes; {Damaged}"),
        ["row not in blocks"] = (
            RawGguf.Start(1, 0).Tensor("t", 12, 0, 128).Data(256),
            $"tensor 't': has rows of 128, not a multiple of 256 as Q4_K needs; {Damaged}"),
        ["unknown type with too many elements"] = (
            RawGguf.Start(1, 0).Tensor("t", 139, 0, 1UL << 62, 1UL << 62).Data(256),
            "tensor 't': has sizes [4611686018427387904, 4611686018427387904], more than the file's 352 bytes; " + Damaged),
        ["unknown type on another's bytes"] = (
            RawGguf.Start(2, 0).Tensor("a", 139, 0, 512).Tensor("b", F32, 32, 1).Data(96),
            $"tensor 'b': overlaps tensor 'a' at byte 128; {Damaged}"),
        ["misaligned offset"] = (
            RawGguf.Start(1, 0).Tensor("t", F32, 16, 1).Data(64),
            $"tensor 't': has offset 16, not a multiple of the alignment 32; {Damaged}"),
        ["offset beyond the end"] = (
            RawGguf.Start(1, 0).Tensor("t", F32, 64, 4).Data(64),
            $"tensor 't': has 16 bytes at offset 64 of the data, beyond the end of the file at byte 128; {Damaged}"),
        ["overflowing offset"] = (
            RawGguf.Start(1, 0).Tensor("t", F32, ulong.MaxValue - 31, 4).Data(64),
            "tensor 't': has 16 bytes at offset 18446744073709551584 of the data, "
            + $"beyond the end of the file at byte 128; {Damaged}"),
        ["overlap"] = (
            RawGguf.Start(2, 0).Tensor("a", F32, 0, 16).Tensor("b", F32, 32, 1).Data(96),
            $"tensor 'b': overlaps tensor 'a' at byte 128; {Damaged}"),
        ["control characters"] = (
            RawGguf.Start(0, 2).Entry("a\nb", 1).Entry("a\nb", 1),
            "key 'a\\nb': occurs twice; remove one of the two when converting"),
    };

    public static TheoryData<string> Cases => [.. Files.Keys];

    [Theory]
    [MemberData(nameof(Cases))]
    public void Parse_WrongHeader_SaysWhereAndWhatToDo(string name)
    {
        (RawGguf file, string message) = Files[name];
        var error = Assert.Throws<InputException>(() => GgufFile.Parse("m.gguf", file.ToArray()));
        Assert.Equal($"m.gguf: {message}", error.Message);
    }

    [Fact]
    public void Parse_EveryPrefixOfASoundFile_IsRefused()
    {
        byte[] file = RawGguf.Start(1, 2).Entry("a", 1).Text("b").U32(9).U32(8).U64(2).Text("x").Text("yz")
            .Tensor("t", F32, 0, 8).Data(32).ToArray();
        GgufFile.Parse("whole", file).Dispose();
        for (int length = 0; length < file.Length; length++)
        {
            InputException? error = null;
            try
            {
                GgufFile.Parse("m.gguf", file.AsMemory(0, length)).Dispose();
            }
            catch (InputException e)
            {
                error = e;
            }

            Assert.True(error is not null, $"the first {length} of {file.Length} bytes were taken for a whole file");
        }
    }

    [Fact]
    public void Read_TypeWithoutDequantizer_NamesTensorAndType()
    {
        byte[] bytes = RawGguf.Start(1, 0).Tensor("blk.0.x.weight", 9, 0, 32).Data(36).ToArray();
        using GgufFile file = GgufFile.Parse("m.gguf", bytes);
        var error = Assert.Throws<InputException>(() => file.Read(file.GetTensor("blk.0.x.weight")));
        Assert.StartsWith(
            "m.gguf: tensor 'blk.0.x.weight': has type Q8_1, which is not supported; quantize the model to another type, ",
            error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void GetTensor_Missing_NamesIt()
    {
        using GgufFile file = GgufFile.Parse("m.gguf", RawGguf.Start(0, 0).ToArray());
        var error = Assert.Throws<InputException>(() => file.GetTensor("output.weight"));
        Assert.StartsWith("m.gguf: tensor 'output.weight': is missing; ", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Open_NoFile_NamesThePath()
    {
        string path = Path.Combine(Path.GetTempPath(), "there is no such model.gguf");
        var error = Assert.Throws<InputException>(() => GgufFile.Open(path));
        Assert.StartsWith($"'{path}': it cannot be read (", error.Message, StringComparison.Ordinal);
        Assert.EndsWith("; give the path of a GGUF file", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Open_Folder_IsRefused() => Assert.Throws<InputException>(() => GgufFile.Open(Path.GetTempPath()));
}
