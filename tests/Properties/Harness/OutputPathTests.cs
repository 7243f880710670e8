using Gdn.Harness;
using Gdn.Reference;
using Xunit;

namespace Gdn.Properties.Harness;

/// <summary>A path is tried without a trace, and a failure to write is a line, not an exception.</summary>
public sealed class OutputPathTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("gdn-output-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private string PathOf(params string[] names) => Path.Combine([_folder, .. names]);

    private string ExistingFile()
    {
        File.WriteAllText(PathOf("file"), "as it was");
        return PathOf("file");
    }

    [Fact]
    public void Try_Writable_LeavesEverythingAsItWas()
    {
        string existing = ExistingFile();
        OutputPath.TryFile(existing);
        OutputPath.TryFile(PathOf("new.json"));
        OutputPath.TryFolder(_folder);
        OutputPath.TryFolder(PathOf("deep", "in", "it"));
        Assert.Equal([existing], Directory.GetFileSystemEntries(_folder));
        Assert.Equal("as it was", File.ReadAllText(existing));
    }

    [Fact]
    public void TryFile_Unwritable_SaysWhichAndWhy()
    {
        string file = ExistingFile();
        foreach ((string path, string reason) in (ReadOnlySpan<(string, string)>)
            [(PathOf("absent", "r.json"), "Could not find"), (Path.Combine(file, "r.json"), ""), (_folder, "it is a folder"), ("", "")])
        {
            InputException e = Assert.Throws<InputException>(() => OutputPath.TryFile(path));
            Assert.StartsWith($"'{path}': it cannot be written ({reason}", e.Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void TryFolder_LiesInAFile_SaysSo()
    {
        string file = ExistingFile();
        foreach (string path in (string[])[file, Path.Combine(file, "a", "b")])
            Assert.Contains(
                $"'{file}' is a file", Assert.Throws<InputException>(() => OutputPath.TryFolder(path)).Message,
                StringComparison.Ordinal);
    }

    [Fact]
    public void Write_Fails_SaysWhichAndWhyInOneLine()
    {
        string path = Path.Combine(ExistingFile(), "r.json");
        string? failure = OutputPath.Write(path, () => File.WriteAllText(path, "x"));
        Assert.StartsWith($"{path}: it could not be written (", failure, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', failure!);
        Assert.Null(OutputPath.Write(PathOf("r.json"), () => File.WriteAllText(PathOf("r.json"), "x")));
    }
}
