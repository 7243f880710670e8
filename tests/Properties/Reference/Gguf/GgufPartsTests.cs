using Gdn.Harness.Models;
using Gdn.Properties.Support;
using Gdn.Reference;
using Gdn.Reference.Gguf;
using Gdn.Reference.Models;
using Xunit;

namespace Gdn.Properties.Reference.Gguf;

/// <summary>A model in parts is the whole model, whichever part is named; parts that are none of one model are refused.</summary>
public sealed class GgufPartsTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("gdn-parts-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [InlineData(2, false)]
    [InlineData(3, false)]
    [InlineData(3, true)]
    public void Open_AnyPart_IsTheWholeModel(int parts, bool emptyFirst)
    {
        FileContents whole = FileContents.Of(Architecture.Qwen35);
        string[] paths = Split(whole, parts, emptyFirst);
        using GgufFile expected = whole.Open();
        foreach (string path in paths)
        {
            using GgufFile joined = GgufFile.Open(path);
            Assert.Equal(paths, joined.Paths);
            Assert.Equal(expected.Tensors.Keys, joined.Tensors.Keys);
            Assert.Equal(expected.Metadata.Keys, joined.Metadata.Keys);
            foreach (string name in expected.Tensors.Keys)
                Assert.Equal(expected.Read(expected.GetTensor(name)), joined.Read(joined.GetTensor(name)));
            Assert.Equal(whole.Logits(), FileContents.Logits(joined));
        }
    }

    // A replay file of one part is that of another, and engines want the first.
    [Fact]
    public void Load_AnyPart_IsOneModel()
    {
        string[] paths = Split(FileContents.Of(Architecture.Qwen35), 3, emptyFirst: true);
        LoadedModel first = LoadedModel.Load(paths[0]), last = LoadedModel.Load(paths[2]);
        Assert.Equal(first.Sha256, last.Sha256);
        Assert.Equal(paths[0], ModelFiles.PathOf(last));
        using GgufFile cut = GgufFile.Open(ModelFiles.PathOf(last, 2));
        Assert.Equal(2, ModelLoader.ReadReference<float>(cut).Config.Layers);
    }

    [Fact]
    public void Open_PartMissing_NamesIt()
    {
        string[] paths = Split(FileContents.Of(Architecture.Qwen35), 3);
        File.Delete(paths[1]);
        Assert.Equal(
            $"{paths[2]}: it is part 3 of 3, and beside it there is no m-00002-of-00003.gguf; put all parts into one folder",
            Error(paths[2]));
    }

    [Fact]
    public void Open_ManyPartsMissing_NamesTheFirst()
    {
        FileContents contents = FileContents.Of(Architecture.Qwen35);
        string path = Write(contents, "m-00001-of-65535.gguf", 0, ushort.MaxValue, contents.Tensors.Count);
        Assert.EndsWith(
            "there is no m-00002-of-65535.gguf, m-00003-of-65535.gguf, m-00004-of-65535.gguf and 65531 more; "
            + "put all parts into one folder",
            Error(path), StringComparison.Ordinal);
    }

    [Fact]
    public void Open_PartRenamed_SaysWhatItsNameShouldBe()
    {
        string[] paths = Split(FileContents.Of(Architecture.Qwen35), 2);
        string renamed = Path.Combine(_folder, "second.gguf");
        File.Move(paths[1], renamed);
        Assert.Equal(
            $"{renamed}: it is part 2 of 2, but its name does not say so; "
            + "give the parts their names back: NAME-00002-of-00002.gguf for this",
            Error(renamed));
    }

    [Fact]
    public void Open_PartsSwapped_IsRefused()
    {
        string[] paths = Split(FileContents.Of(Architecture.Qwen35), 3);
        File.Move(paths[1], paths[1] + "x");
        File.Move(paths[2], paths[1]);
        File.Move(paths[1] + "x", paths[2]);
        Assert.Contains("its metadata does not say that it is part 2 of 3", Error(paths[0]), StringComparison.Ordinal);
    }

    [Fact]
    public void Open_PartOfAnotherSplit_IsRefused()
    {
        FileContents contents = FileContents.Of(Architecture.Qwen35);
        string[] paths = Split(contents, 2);
        contents.Take("output.weight");
        string other = Write(Part(contents, 0, 3), "m-00002-of-00002.gguf", 1, 2, contents.Tensors.Count);
        Assert.Contains("'token_embd.weight': it is in m-00001-of-00002.gguf too", Error(paths[0]), StringComparison.Ordinal);
        Assert.Contains("m-00001-of-00002.gguf too", Error(other), StringComparison.Ordinal);
    }

    [Fact]
    public void Open_TensorsLost_IsRefused()
    {
        FileContents contents = FileContents.Of(Architecture.Qwen35);
        string[] paths = Split(contents, 2);
        FileContents second = Part(contents, contents.Tensors.Count - 1, contents.Tensors.Count);
        Write(second, "m-00002-of-00002.gguf", 1, 2, contents.Tensors.Count);
        Assert.Contains($"tensors, not {contents.Tensors.Count}; ", Error(paths[0]), StringComparison.Ordinal);
    }

    [Fact]
    public void Open_MetadataOfTwoModels_IsRefused()
    {
        FileContents contents = FileContents.Of(Architecture.Qwen35);
        string[] paths = Split(contents, 2);
        int half = contents.Tensors.Count / 2;
        FileContents second = Part(contents, half, contents.Tensors.Count);
        second.Metadata.Add("general.name", "another");
        Write(second, "m-00002-of-00002.gguf", 1, 2, contents.Tensors.Count);
        Assert.Contains(
            "'general.name': it has another value than in m-00001-of-00002.gguf", Error(paths[0]), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(2, 2)]
    [InlineData(-1, 2)]
    [InlineData(1, 1)]
    public void Open_NumberBeyondTheCount_IsRefused(int number, int count)
    {
        string path = Write(FileContents.Of(Architecture.Qwen35), $"m-00001-of-{count:D5}.gguf", number, count, tensors: 0);
        Assert.Contains($"'split.no': there is no part {number} of {count}", Error(path), StringComparison.Ordinal);
    }

    // Merged files keep the keys, with a count of 0.
    [Fact]
    public void Open_MergedFile_IsWhole()
    {
        FileContents contents = FileContents.Of(Architecture.Qwen35);
        string path = Write(contents, "merged.gguf", 0, 0, contents.Tensors.Count);
        using GgufFile file = GgufFile.Open(path);
        Assert.Equal(contents.Tensors.Keys, file.Tensors.Keys);
    }

    private static string Error(string path)
    {
        string message = Assert.Throws<InputException>(() => { GgufFile.Open(path); }).Message;
        Assert.DoesNotContain('\n', message);
        return message;
    }

    // Metadata and, unless they all go to the later parts, tensors in the first.
    private string[] Split(FileContents whole, int parts, bool emptyFirst = false)
    {
        int total = whole.Tensors.Count, filled = emptyFirst ? parts - 1 : parts;
        int Start(int part) => (emptyFirst ? Math.Max(0, part - 1) : part) * total / filled;
        return [.. Enumerable.Range(0, parts).Select(part =>
        {
            FileContents contents = Part(whole, Start(part), emptyFirst && part == 0 ? 0 : Start(part + 1));
            if (part == 0)
                foreach ((string key, GgufValue value) in whole.Metadata) contents.Metadata.Add(key, value);
            return Write(contents, $"m-{part + 1:D5}-of-{parts:D5}.gguf", part, parts, total);
        })];
    }

    private static FileContents Part(FileContents whole, int first, int end)
    {
        var part = new FileContents();
        foreach (TensorData tensor in whole.Tensors.Values.Take(first..end)) part.Put(tensor);
        return part;
    }

    private string Write(FileContents contents, string name, int number, int count, int tensors)
    {
        contents.Metadata["split.no"] = new GgufValue((short)number);
        contents.Metadata["split.count"] = new GgufValue((ushort)count);
        contents.Metadata["split.tensors.count"] = new GgufValue(tensors);
        string path = Path.Combine(_folder, name);
        File.WriteAllBytes(path, contents.ToArray());
        return path;
    }
}
