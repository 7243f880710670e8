using Gdn.Harness;
using Xunit;

namespace Gdn.Properties.Harness;

/// <summary>What processes that were killed leave is removed, and nothing else.</summary>
public sealed class TemporaryFolderTests : IDisposable
{
    private readonly string _parent = Directory.CreateTempSubdirectory("gdn-temporary-").FullName;

    public void Dispose() => Directory.Delete(_parent, recursive: true);

    [Fact]
    public void RemoveLeft_KilledProcesses_AndNoOthers()
    {
        string abandoned = Folder("gdn-harness-a", ".lock", "m.gguf"), empty = Folder("gdn-harness-b"), used = Folder("gdn-harness-c", "m.gguf"),
            young = Folder("gdn-harness-d"), other = Folder("gdn-other", ".lock");
        Directory.SetLastWriteTimeUtc(empty, DateTime.UtcNow.AddHours(-1));
        using (new FileStream(Path.Combine(used, ".lock"), FileMode.CreateNew, FileAccess.Write, FileShare.None))
        {
            TemporaryFolder.RemoveLeft(_parent);
            Assert.Equal([used, young, other], Directory.GetDirectories(_parent).Order());
        }

        TemporaryFolder.RemoveLeft(_parent);
        Assert.Equal([young, other], Directory.GetDirectories(_parent).Order());
        Assert.False(Directory.Exists(abandoned));
    }

    private string Folder(string name, params string[] files)
    {
        string path = Directory.CreateDirectory(Path.Combine(_parent, name)).FullName;
        foreach (string file in files) File.WriteAllText(Path.Combine(path, file), "");
        return path;
    }
}
