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

    [Fact]
    public void Open_LibraryOfAnotherMachine_IsTheEnvironment()
    {
        foreach (string name in (string[])["ggml", "llama"])
            File.WriteAllBytes(Path.Combine(_folder, $"lib{name}.so"), [0x7F, (byte)'E', (byte)'L', (byte)'F', 1, 1, 1, .. new byte[57]]);
        Assert.Contains("it cannot be loaded", Assert.IsType<EnvironmentException>(Refusal()).Message, StringComparison.Ordinal);
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
