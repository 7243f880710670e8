using Gdn.Reference;
using Xunit;

namespace Gdn.Properties.Reference;

/// <summary>Files are there whole or not at all, whatever happens while they are written, and nobody's is lost.</summary>
public sealed class AtomicFileTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("gdn-atomic-").FullName;

    private string PathOf(string name) => Path.Combine(_folder, name);

    private IEnumerable<string?> Names => Directory.GetFileSystemEntries(_folder).Select(Path.GetFileName).Order();

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void Write_FailsHalfWay_LeavesWhatWasThere()
    {
        File.WriteAllText(PathOf("r.json"), "as it was");
        foreach (string name in (string[])["r.json", "new.json"])
            Assert.Throws<IOException>(() => AtomicFile.Write(PathOf(name), stream =>
            {
                stream.Write("half"u8);
                throw new IOException("no space left");
            }));
        Assert.Equal("as it was", File.ReadAllText(PathOf("r.json")));
        Assert.Equal(["r.json"], Names);
    }

    [Fact]
    public void Write_OfALink_ReplacesWhatItLeadsToAndKeepsItsMode()
    {
        if (OperatingSystem.IsWindows()) return;
        File.WriteAllText(PathOf("real"), "old");
        File.SetUnixFileMode(PathOf("real"), UnixFileMode.UserRead | UnixFileMode.UserWrite);
        File.CreateSymbolicLink(PathOf("link"), "real");
        AtomicFile.Write(PathOf("link"), "new");
        Assert.Equal("new", File.ReadAllText(PathOf("real")));
        Assert.Equal("real", new FileInfo(PathOf("link")).LinkTarget);
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(PathOf("real")));
    }

    [Fact]
    public void Write_Device_LeavesItADevice()
    {
        if (OperatingSystem.IsWindows()) return;
        AtomicFile.Write("/dev/null", "gone");
        Assert.Equal(0, new FileInfo("/dev/null").Length);
    }

    [Fact]
    public void Write_RemovesWhatAKilledRunHasLeftAndNoOther()
    {
        File.WriteAllText(PathOf(".killed.gdn-tmp"), "half");
        File.WriteAllText(PathOf(".somebody-else.tmp"), "theirs");
        // Another run that is still at it.
        AtomicFile.Write(PathOf("slow"), stream =>
        {
            AtomicFile.Write(PathOf("fast"), "fast");
            stream.Write("slow"u8);
        });
        Assert.Equal([".somebody-else.tmp", "fast", "slow"], Names);
        Assert.Equal("slow", File.ReadAllText(PathOf("slow")));
    }

    [Fact]
    public void Add_NameThatIsTaken_GetsANumber()
    {
        Assert.Equal(PathOf("x.json"), AtomicFile.Add(PathOf("x.json"), "one"));
        Assert.Equal(PathOf("x-2.json"), AtomicFile.Add(PathOf("x.json"), "two"));
        Assert.Equal(PathOf("x.json"), AtomicFile.Add(PathOf("x.json"), "one"));
        Assert.Equal(["one", "two"], ((string[])["x.json", "x-2.json"]).Select(name => File.ReadAllText(PathOf(name))));
    }

    [Fact]
    public void Add_ManyAtOnce_HaveAFileEach()
    {
        // More threads than processors, so that they meet in every step.
        var paths = new string[512];
        Parallel.For(0, paths.Length, new ParallelOptions { MaxDegreeOfParallelism = 16 }, i => paths[i] = AtomicFile.Add(PathOf("x.json"), $"content {i}"));
        Assert.Equal(paths.Length, paths.Distinct().Count());
        for (int i = 0; i < paths.Length; i++) Assert.Equal($"content {i}", File.ReadAllText(paths[i]));
        Assert.Equal(paths.Length, Names.Count());
    }
}
