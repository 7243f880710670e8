using System.Buffers.Binary;
using Gdn.Harness.Engines;
using Gdn.Properties.Support;
using Gdn.Reference;
using Xunit;

namespace Gdn.Properties.Harness.Engines.Llama;

/// <summary>A folder that holds no libllama for this tool and machine is refused in one line.</summary>
public sealed class LlamaLibraryTests : IDisposable
{
    private const string Source = "Harness/Engines/Llama/other_llama.c";
    private readonly string _folder = Directory.CreateTempSubdirectory("gdn-llama-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private string PathOf(string name) => Path.Combine(_folder, name);

    private Exception Refusal()
    {
        Exception e = Record.Exception(() => EngineCatalog.Parse($"llama:{_folder}").Dispose())!;
        Assert.DoesNotContain('\n', e.Message);
        return e;
    }

    private void Build(params string[] definitions)
    {
        foreach (string name in (string[])["ggml", "llama"])
            CCompiler.Build(Path.Combine(AppContext.BaseDirectory, Source), Path.Combine(_folder, $"lib{name}.so"), definitions);
    }

    [Fact]
    public void Open_NoFolder_IsTheEnvironment()
    {
        EnvironmentException e = Assert.Throws<EnvironmentException>(() => EngineCatalog.Parse("llama:/nowhere,kv=f32"));
        Assert.StartsWith("/nowhere: there is no such folder; ", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Open_FolderWithoutLibraries_IsTheEnvironment() =>
        Assert.Contains("it contains no libggml", Assert.IsType<EnvironmentException>(Refusal()).Message, StringComparison.Ordinal);

    [GgmlTheory]
    [InlineData(183, "aarch64")]
    [InlineData(3, "x86")]
    [InlineData(9999, "machine 9999 of ELF")]
    public void Open_LibraryOfAnotherMachine_SaysWhich(ushort machine, string name)
    {
        foreach (string file in Directory.EnumerateFiles(GgmlFactAttribute.Folder!, "lib*.so"))
        {
            byte[] library = File.ReadAllBytes(file)[..4096];
            BinaryPrimitives.WriteUInt16LittleEndian(library.AsSpan(18), machine);
            File.WriteAllBytes(PathOf(Path.GetFileName(file)), library);
        }

        string message = Assert.IsType<EnvironmentException>(Refusal()).Message;
        Assert.Contains($": it cannot be loaded (it is for {name}, and this machine is ", message, StringComparison.Ordinal);
    }

    /// <summary>What the system's loader says, and not .NET's advice how to look for the cause.</summary>
    [GgmlFact]
    public void Open_NoLibrary_SaysWhatTheLoaderSays()
    {
        foreach (string name in (string[])["ggml", "llama"]) File.WriteAllText(PathOf($"lib{name}.so"), new string(' ', 4096));
        string message = Assert.IsType<EnvironmentException>(Refusal()).Message;
        Assert.Contains("invalid ELF header", message, StringComparison.Ordinal);
        Assert.DoesNotContain("LD_DEBUG", message, StringComparison.Ordinal);
    }

    [CCompilerTheory]
    [InlineData("NAMELESS", "it has neither llama_memory_seq_rm nor llama_kv_cache_seq_rm")]
    [InlineData("BARE", "it has no llama_model_default_params")]
    [InlineData("N_CTX=1024", "its llama_context_params are of an unknown version: n_ctx is expected at byte 0, where the defaults have 1024")]
    [InlineData("SPLIT_MODE=5", "its llama_model_params are of an unknown version: split_mode is expected at byte 20, where the defaults have 5")]
    public void Open_UnknownVersion_IsRefusedWithTheWayOut(string definition, string problem)
    {
        Build(definition);
        string message = Assert.IsType<InputException>(Refusal()).Message;
        Assert.StartsWith($"libllama of {_folder}: {problem}", message, StringComparison.Ordinal);
        Assert.Contains("docs/examples/llama_engine.c", message, StringComparison.Ordinal);
    }
}
