using System.Text.Json;
using Gdn.Harness.Cli;
using Gdn.Properties.Support;
using Xunit;

namespace Gdn.Properties.Harness.Cli;

/// <summary>Engines from outside and exported cases, as users meet them.</summary>
public sealed class ForeignEngineCommandTests : IDisposable
{
    private static readonly string Assembly = Path.Combine(AppContext.BaseDirectory, "foreign", "Gdn.ForeignEngine.dll");

    private readonly string _folder = Directory.CreateTempSubdirectory("gdn-cli-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private string PathOf(string name) => Path.Combine(_folder, name);

    [Fact]
    public void Check_EngineThatCrashes_IsDirtyAndItsReplayToo()
    {
        Tool.Result result = Tool.Run(
            "check", "--engine", $"assembly:{Assembly}:FailingFast", "--model", "synth:qwen35:1:small", "--cases", "6", "--seed", "1",
            "--json", PathOf("r.json"), "--out", PathOf("f"));

        Assert.True(result.Exit == ExitCode.Dirty, result.Output + result.Error);
        Assert.Contains("kernel cases: left out", result.Output, StringComparison.Ordinal);
        JsonElement report = JsonDocument.Parse(File.ReadAllText(PathOf("r.json"))).RootElement;
        Assert.Equal("kernel cases", report.GetProperty("leftOut")[0].GetProperty("part").GetString());
        JsonElement finding = report.GetProperty("findings")[0];
        Assert.Equal("crash", finding.GetProperty("check").GetString());
        string replay = finding.GetProperty("replay").GetString()!;
        Assert.Equal(ExitCode.Dirty, Tool.Run("replay", replay, "--trust").Exit);
        Assert.Equal(ExitCode.Clean, Tool.Run("replay", replay, "--engine", "cpu").Exit);
    }

    // It declares that it cannot roll back, in schedules and past failures alike.
    [Fact]
    public void Check_EngineBuiltAgainstTheContractAlone_IsClean()
    {
        string examples = Path.Combine(Path.GetDirectoryName(Assembly)!, "Gdn.ExampleEngines.dll");
        Tool.Result result = Tool.Run(
            "check", "--engine", $"assembly:{examples}:ExampleEngine", "--model", "synth:qwen35", "--cases", "12",
            "--shapes", "random", "--seed", "1");
        Assert.True(result.Exit == ExitCode.Clean, result.Output + result.Error);
        // Once for each.
        Assert.Equal(3, result.Output.Split("left out, since the engine does not declare it: rollbacks").Length);
    }

    [Fact]
    public void Check_LibraryMissing_ExitsWithTwo()
    {
        Tool.Result result = Tool.Run("check", "--engine", "native:/nowhere/libmine.so");
        Assert.Equal(ExitCode.Usage, result.Exit);
        Assert.Equal(
            "error: /nowhere/libmine.so: it does not exist; give the path of a shared library, as native:PATH",
            result.Error.TrimEnd());
    }

    [Theory]
    [InlineData("check", "--engine")]
    [InlineData("bleed", "--engine")]
    [InlineData("gate", "--engine")]
    [InlineData("serve", "--engine")]
    public void Run_EngineDiesWhileLoading_ExitsWithThreeAndSaysWhatItPrinted(params string[] arguments)
    {
        Tool.Result result = Tool.Run([.. arguments, $"assembly:{Assembly}:DyingInStaticConstructor"]);
        Assert.True(result.Exit == ExitCode.Environment, result.Output + result.Error);
        Assert.StartsWith("error: engine 'assembly:", result.Error, StringComparison.Ordinal);
        Assert.Contains("Process terminated. no device", result.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void Bleed_KernelAlone_ExitsWithTwo()
    {
        Tool.Result result = Tool.Run("bleed", "--engine", $"assembly:{Assembly}:PlainKernel");
        Assert.Equal(ExitCode.Usage, result.Exit);
        Assert.Contains("it offers only a kernel and cannot run models; use check", result.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void Check_Export_WritesCasesWithoutAnEngine()
    {
        Tool.Result result = Tool.Run(
            "check", "--export", PathOf("cases"), "--cases", "5", "--seed", "2", "--precision", "f32,bf16,f32,64");
        Assert.True(result.Exit == ExitCode.Clean, result.Output + result.Error);
        Assert.Contains("5 of 5 cases written", result.Output, StringComparison.Ordinal);
        Assert.Equal(7, Directory.GetFiles(PathOf("cases")).Length);
        Tool.Result again = Tool.Run("check", "--export", PathOf("cases"));
        Assert.Equal(ExitCode.Usage, again.Exit);
        Assert.Contains("it is not empty; name a new folder", again.Error, StringComparison.Ordinal);
    }
}
