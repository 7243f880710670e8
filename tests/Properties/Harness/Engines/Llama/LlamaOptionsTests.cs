using Gdn.Harness.Engines.Llama;
using Gdn.Reference;
using Xunit;

namespace Gdn.Properties.Harness.Engines.Llama;

/// <summary>What follows <c>llama:</c> on the command line.</summary>
public sealed class LlamaOptionsTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("gdn,llama+fault:-").FullName;

    public void Dispose() => Directory.Delete(_folder);

    [Theory]
    [InlineData("dir", "threads=1, ubatch=512, kv=f16, fa=auto, not unified")]
    [InlineData("dir,kv=f32,fa=off", "threads=1, ubatch=512, kv=f32, fa=off, not unified")]
    [InlineData("dir,gpu=99,threads=4,ubatch=64,kv=q8_0,fa=on,unified,swa-full",
        "gpu=99, threads=4, ubatch=64, kv=q8_0, fa=on, unified, swa-full")]
    public void Parse_Options_AreInForce(string text, string expected)
    {
        LlamaOptions options = LlamaOptions.Parse(text);
        Assert.Equal(("dir", expected, null), (options.Folder, options.ToString(), options.Fault));
    }

    [Fact]
    public void Parse_Fault_ComesLast()
    {
        LlamaOptions options = LlamaOptions.Parse("dir,kv=f32+fault:stale-row");
        Assert.Equal(("dir", LlamaCacheType.F32, "stale-row"), (options.Folder, options.Cache, options.Fault?.Id));
    }

    [Theory]
    [InlineData("dir,kv=f8", "option 'kv=f8'")]
    [InlineData("dir,threads=0", "option 'threads=0'")]
    [InlineData("dir,ubatch=-1", "option 'ubatch=-1'")]
    [InlineData("dir,gpu", "option 'gpu'")]
    [InlineData("dir,unified=1", "option 'unified=1'")]
    [InlineData("dir,", "option ''")]
    [InlineData("dir+fault:nothing", "fault 'nothing'")]
    public void Parse_Unknown_IsRefused(string text, string where) =>
        Assert.Contains(where, Assert.Throws<InputException>(() => LlamaOptions.Parse(text)).Message, StringComparison.Ordinal);

    // A folder that exists is taken whole, whatever is in its name.
    [Fact]
    public void Parse_FolderWithComma_IsTheFolder() =>
        Assert.Equal(_folder, LlamaOptions.Parse(_folder).Folder);

    [Theory]
    [InlineData("dir")]
    [InlineData("dir,kv=f32")]
    [InlineData("dir,kv=f32+fault:stale-row")]
    [InlineData("dir+fault:stale-row")]
    public void Absolute_AnyOptions_OnlyTheFolderChanges(string text) => Assert.Equal(
        Path.Combine(Directory.GetCurrentDirectory(), text), LlamaOptions.Absolute(text));
}
