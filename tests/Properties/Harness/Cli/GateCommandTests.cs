using System.Text.Json;
using Gdn.Harness.Cli;
using Gdn.Properties.Support;
using Xunit;

namespace Gdn.Properties.Harness.Cli;

/// <summary>What the settings ask for is run, or the verdict says that it was not.</summary>
public sealed class GateCommandTests : IDisposable
{
    private static readonly string Foreign = Path.Combine(AppContext.BaseDirectory, "foreign");
    private static readonly string ModelOnly = $"assembly:{Path.Combine(Foreign, "Gdn.ExampleEngines.dll")}:ExampleEngine";
    private static readonly string KernelOnly = $"assembly:{Path.Combine(Foreign, "Gdn.ForeignEngine.dll")}:PlainKernel";
    private static readonly string RefusesModels = $"assembly:{Path.Combine(Foreign, "Gdn.ForeignEngine.dll")}:Refusing";

    private readonly string _folder = Directory.CreateTempSubdirectory("gdn-gate-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private (Tool.Result Result, JsonElement Report) Run(string engine, int kernelCases)
    {
        string settings = Path.Combine(_folder, "gate.json"), report = Path.Combine(_folder, "r.json");
        File.WriteAllText(
            settings,
            $$"""
            {
              "engine": "reference", "seed": 1, "kernelCases": {{kernelCases}}, "models": ["synth:qwen35:1:small"],
              "schedulesPerModel": 1, "scheduleNp": "1", "bleedModel": "synth:qwen35:1:small", "bleedNp": "2", "bleedRounds": 1
            }
            """);
        Tool.Result result = Tool.Run("gate", "--engine", engine, "--config", settings, "--json", report);
        Assert.True(File.Exists(report), result.Output + result.Error);
        return (result, JsonDocument.Parse(File.ReadAllText(report)).RootElement);
    }

    private static (string Part, string Verdict)[] VerdictsOf(JsonElement report) =>
    [
        .. report.GetProperty("parts").EnumerateArray()
            .Select(part => (part.GetProperty("name").GetString()!, part.GetProperty("verdict").GetString()!)),
    ];

    [Fact]
    public void Run_EngineWithoutKernel_IsInconclusiveAndRunsTheOtherParts()
    {
        (Tool.Result result, JsonElement report) = Run(ModelOnly, kernelCases: 1);
        Assert.True(result.Exit == ExitCode.Inconclusive, result.Output + result.Error);
        Assert.Equal(
            [
                ("kernel cases", "inconclusive"), ("schedules, synth:qwen35:1:small", "clean"),
                ("bleed, synth:qwen35:1:small", "clean"),
            ],
            VerdictsOf(report));
        Assert.Contains("has no kernel of its own; set kernelCases to 0", result.Output, StringComparison.Ordinal);
    }

    [Fact]
    public void Run_EngineWithoutKernelAndNoKernelCasesAskedFor_IsClean()
    {
        (Tool.Result result, JsonElement report) = Run(ModelOnly, kernelCases: 0);
        Assert.True(result.Exit == ExitCode.Clean, result.Output + result.Error);
        Assert.Equal(["clean", "clean"], VerdictsOf(report).Select(part => part.Verdict));
        Assert.Equal("kernel cases", Assert.Single(report.GetProperty("leftOut").EnumerateArray()).GetProperty("part").GetString());
    }

    [Fact]
    public void Run_KernelAlone_IsInconclusive()
    {
        (Tool.Result result, JsonElement report) = Run(KernelOnly, kernelCases: 1);
        Assert.True(result.Exit == ExitCode.Inconclusive, result.Output + result.Error);
        Assert.Equal(["clean", "inconclusive", "inconclusive"], VerdictsOf(report).Select(part => part.Verdict));
    }

    [Fact]
    public void Run_EngineRefusesTheModel_SaysSoForEachPart()
    {
        (Tool.Result result, JsonElement report) = Run(RefusesModels, kernelCases: 0);
        Assert.True(result.Exit == ExitCode.Inconclusive, result.Output + result.Error);
        Assert.All(report.GetProperty("parts").EnumerateArray(), part => Assert.Contains(
            "could not run: Qwen35: it is not supported", part.GetProperty("basis").GetString(), StringComparison.Ordinal));
    }
}
