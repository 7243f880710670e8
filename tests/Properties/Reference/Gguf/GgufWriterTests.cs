using Gdn.Reference.Gguf;
using Xunit;

namespace Gdn.Properties.Reference.Gguf;

public sealed class GgufWriterTests
{
    [Fact]
    public void Write_SmallFile_HasTheBytesOfTheFormat()
    {
        var writer = new GgufWriter();
        writer.Add("n", 7u);
        writer.Add("t", [2, 1], [1.5f, -2f]);
        using var stream = new MemoryStream();
        writer.Write(stream);

        byte[] expected = RawGguf.Start(1, 1).Entry("n", 7).Tensor("t", 0, 0, 2, 1).Data(0)
            .Bytes(0, 0, 0xC0, 0x3F, 0, 0, 0, 0xC0).Data(0).ToArray();
        Assert.Equal(expected, stream.ToArray());
    }

    [Fact]
    public void Write_ToPath_ReplacesTheFileAndLeavesNothingElse()
    {
        string folder = Directory.CreateTempSubdirectory("gguf").FullName;
        try
        {
            string path = Path.Combine(folder, "m.gguf");
            File.WriteAllText(path, "something older and longer than what follows");
            var writer = new GgufWriter();
            writer.Add("t", [1000], Enumerable.Range(0, 1000).Select(i => (float)i).ToArray());
            writer.Write(path);

            using GgufFile file = GgufFile.Open(path);
            Assert.Equal(Enumerable.Range(0, 1000).Select(i => (float)i), file.Read(file.GetTensor("t")));
            Assert.Equal([path], Directory.GetFileSystemEntries(folder));
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [Fact]
    public void Write_ToFolderThatIsMissing_LeavesNothing()
    {
        string path = Path.Combine(Path.GetTempPath(), $"missing-{Guid.NewGuid():N}", "m.gguf");
        Assert.Throws<DirectoryNotFoundException>(() => new GgufWriter().Write(path));
    }

    [Fact]
    public void Add_BytesThatDoNotFit_Throws()
    {
        var writer = new GgufWriter();
        Assert.Throws<ArgumentException>(() => writer.Add("t", [32], GgmlType.Q80, new byte[33]));
        Assert.Throws<ArgumentException>(() => writer.Add("t", [33], GgmlType.Q80, new byte[34]));
        Assert.Throws<ArgumentException>(() => writer.Add("t", [2, 2], new float[3]));
        Assert.Throws<ArgumentException>(() => writer.Add("t", [1], (GgmlType)139, new byte[1]));
    }

    [Fact]
    public void Add_SameNameTwice_Throws()
    {
        var writer = new GgufWriter();
        writer.Add("k", 1u);
        Assert.Throws<ArgumentException>(() => writer.Add("k", 2u));
        writer.Add("t", [1], [1f]);
        Assert.Throws<ArgumentException>(() => writer.Add("t", [1], [1f]));
    }

    [Theory]
    [InlineData(0u, 3)]
    [InlineData(48u, 3)]
    [InlineData(32u, 1)]
    public void New_WrongAlignmentOrVersion_Throws(uint alignment, int version) =>
        Assert.Throws<ArgumentException>(() => new GgufWriter(alignment, version));
}
