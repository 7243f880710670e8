using Gdn.Harness.Cli;
using Gdn.Harness.Engines.Ggml;
using Gdn.Properties.Support;
using Gdn.Reference;
using Xunit;

namespace Gdn.Properties.Harness.Engines.Ggml;

/// <summary>A library is run only if its layouts are those that are known; otherwise one line says why.</summary>
public sealed class GgmlLibraryTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("gdn-ggml-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private Exception? Refusal() => Record.Exception(() => new GgmlKernelEngine(_folder).Dispose());

    private void Build(params string[] definitions) => CCompiler.Build(
        Path.Combine(AppContext.BaseDirectory, "Harness", "Engines", "Ggml", "other_ggml.c"),
        Path.Combine(_folder, "libggml-base.so"), definitions);

    // Before 0.14 the op took seven arguments; the versions are those of the layouts it had.
    [CCompilerTheory]
    [InlineData("0.9.7")]
    [InlineData("0.11.1")]
    [InlineData("0.13.0")]
    [InlineData("0.13.9-dev")]
    public void Open_SevenArguments_IsRefusedByVersion(string version)
    {
        Build($"VERSION=\"{version}\"");
        var refusal = Assert.IsType<InputException>(Refusal());
        Assert.Equal(
            $"libggml of {_folder}: it is version {version}, whose ggml_gated_delta_net has other arguments and layouts; "
            + "use ggml 0.14 or newer, as in the releases of llama.cpp",
            refusal.Message);
    }

    [CCompilerTheory]
    [InlineData("VERSION=\"0.25.1\"", "returns 2304 bytes where output and two snapshots need 4352")]
    [InlineData("VERSION=\"unknown\"", "it calls itself version 'unknown'")]
    [InlineData("NAMELESS", "it has no ggml_version")]
    [InlineData("VERSION=\"0.25.1\" NO_OP", "it has no ggml_gated_delta_net")]
    public void Open_OtherKind_IsRefused(string definitions, string problem)
    {
        Build(definitions.Split(' '));
        Assert.Contains(problem, Assert.IsType<InputException>(Refusal()).Message, StringComparison.Ordinal);
    }

    [CCompilerTheory]
    [InlineData("VERSION=\"0.13.0\"", ExitCode.Usage, "it is version 0.13.0")]
    public void Check_OldLibrary_ExitsWithTwo(string definitions, ExitCode exit, string problem)
    {
        Build(definitions);
        Tool.Result result = Tool.Run("check", "--engine", $"ggml:{_folder}", "--cases", "1");
        Assert.True(result.Exit == exit, result.Output + result.Error);
        Assert.Contains(problem, result.Error, StringComparison.Ordinal);
        Assert.Single(result.Error.TrimEnd().Split('\n'));
    }

    [Fact]
    public void Check_MissingFolder_ExitsWithThree()
    {
        Tool.Result result = Tool.Run("check", "--engine", $"ggml:{_folder}/none", "--cases", "1");
        Assert.True(result.Exit == ExitCode.Environment, result.Output + result.Error);
        Assert.StartsWith($"error: {_folder}/none: there is no such folder; ", result.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void Open_EmptyFolder_SaysWhatIsMissing() => Assert.Contains(
        ": it contains no libggml-base.", Assert.IsType<EnvironmentException>(Refusal()).Message, StringComparison.Ordinal);

    [Fact]
    public void Open_NoLibrary_SaysThatItCannotBeLoaded()
    {
        string extension = OperatingSystem.IsMacOS() ? ".dylib" : OperatingSystem.IsWindows() ? ".dll" : ".so";
        string name = OperatingSystem.IsWindows() ? "ggml-base" : "libggml-base";
        File.WriteAllText(Path.Combine(_folder, name + extension), "not a library");
        string message = Assert.IsType<EnvironmentException>(Refusal()).Message;
        Assert.Contains(": it cannot be loaded (", message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', message);
    }

    [GgmlFact]
    public void Open_SecondFolder_IsRefused()
    {
        using var first = new GgmlKernelEngine(GgmlFactAttribute.Folder!);
        File.Copy(
            Path.Combine(GgmlFactAttribute.Folder!, "libggml-base.so"), Path.Combine(_folder, "libggml-base.so"));
        Assert.Contains(
            "is loaded already; run the two one after the other", Assert.IsType<InputException>(Refusal()).Message,
            StringComparison.Ordinal);
    }
}
