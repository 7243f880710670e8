using System.Diagnostics;
using Gdn.Reference;
using Gdn.Reference.Gguf;
using Xunit;

namespace Gdn.Properties.Reference.Gguf;

/// <summary>What is no file, what claims to be a huge one, and what changes while it is read.</summary>
public sealed class UnsteadyFileTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("gdn-unsteady-").FullName;

    private string Model => Path.Combine(_folder, "m.gguf");

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void Read_FileCutWhileOpen_IsAnError()
    {
        var writer = new GgufWriter();
        writer.Add("a", [1 << 16], new float[1 << 16]);
        writer.Write(Model);
        using GgufFile file = GgufFile.Open(Model);
        using (FileStream cut = new(Model, FileMode.Open, FileAccess.Write, FileShare.ReadWrite)) cut.SetLength(4096);
        string message = Assert.Throws<InputException>(() => file.Read(file.Tensors["a"])).Message;
        Assert.StartsWith($"{Model}: it ends at byte 4096, and had ", message, StringComparison.Ordinal);
    }

    [Fact]
    public void Open_WhatIsNoFile_IsAnErrorAtOnce()
    {
        string pipe = Path.Combine(_folder, "pipe");
        if (OperatingSystem.IsLinux()) Process.Start("mkfifo", pipe).WaitForExit();
        string[] paths = ["", "a\0b", _folder, Path.Combine(_folder, "absent"), .. OperatingSystem.IsLinux() ? (string[])["/dev/zero", pipe] : []];
        foreach (string path in paths)
            Assert.StartsWith(
                $"'{path.Replace("\0", @"\u0000", StringComparison.Ordinal)}': it ",
                Assert.Throws<InputException>(() => GgufFile.Open(path)).Message, StringComparison.Ordinal);
    }

    // A file without content takes no room on disk, whatever length it has.
    [Theory]
    [InlineData(400_000_000UL, 0UL, "header: declares 400000000 metadata entries, more than a model has")]
    [InlineData(0UL, 100_000_000UL, "header: declares 100000000 tensors, more than a model has")]
    public void Open_SparseFileWithAbsurdCounts_IsRefused(ulong entries, ulong tensors, string problem)
    {
        WriteSparse(RawGguf.Start(tensors, entries), length: 6L << 30);
        Assert.Contains(problem, Assert.Throws<InputException>(() => GgufFile.Open(Model)).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(8U, 700_000_000UL)]
    [InlineData(0U, 6_000_000_000UL)]
    public void Open_SparseFileWithAbsurdArray_TakesLittleMemory(uint elementType, ulong count)
    {
        WriteSparse(RawGguf.Start(0, 1).Text("a").U32(9).U32(elementType).U64(count), length: 7L << 30);
        long before = GC.GetAllocatedBytesForCurrentThread();
        Assert.Contains(
            "elements, more than a model has", Assert.Throws<InputException>(() => GgufFile.Open(Model)).Message, StringComparison.Ordinal);
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 1 << 20);
    }

    [Fact]
    public void Open_HeaderWithoutEnd_IsRefusedBeforeItFillsMemory()
    {
        RawGguf header = RawGguf.Start(0, 20);
        for (int i = 0; i < 20; i++) header.Text($"k{i}").U32(9).U32(0).U64(8 << 20).Bytes(new byte[8 << 20]);
        File.WriteAllBytes(Model, header.ToArray());
        Assert.Contains("more than a model", Assert.Throws<InputException>(() => GgufFile.Open(Model)).Message, StringComparison.Ordinal);
    }

    private void WriteSparse(RawGguf header, long length)
    {
        using FileStream file = File.Create(Model);
        file.Write(header.ToArray());
        file.SetLength(length);
    }
}
