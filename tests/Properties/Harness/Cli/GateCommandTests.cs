using System.Text.Json;
using Gdn.Harness.Cli;
using Gdn.Harness.Gate;
using Gdn.Properties.Support;
using Gdn.Reference;
using Xunit;

namespace Gdn.Properties.Harness.Cli;

/// <summary>What the settings ask for is run, or the verdict says that it was not.</summary>
public sealed class GateCommandTests : IDisposable
{
    private const string Small = "synth:qwen35:1:small";

    private static readonly string Foreign = Path.Combine(AppContext.BaseDirectory, "foreign");
    private static readonly string ModelOnly = $"assembly:{Path.Combine(Foreign, "Gdn.ExampleEngines.dll")}:ExampleEngine";
    private static readonly string KernelOnly = $"assembly:{Path.Combine(Foreign, "Gdn.ForeignEngine.dll")}:PlainKernel";
    private static readonly string RefusesModels = $"assembly:{Path.Combine(Foreign, "Gdn.ForeignEngine.dll")}:Refusing";

    private readonly string _folder = Directory.CreateTempSubdirectory("gdn-gate-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private (Tool.Result Result, JsonElement Report) Run(string engine, int kernelCases) => Run(
        $$"""
        {
          "seed": 1,
          "parts": {
            {{(kernelCases > 0 ? $"\"kernels\": {{\"cases\": {kernelCases}}}," : "")}}
            "schedules": {"models": ["{{Small}}"], "perModel": 1, "np": "1"}, "bleed": {"model": "{{Small}}", "np": "2", "rounds": 1}
          }
        }
        """,
        "--engine", engine);

    private (Tool.Result Result, JsonElement Report) Run(string settings, params string[] arguments)
    {
        string config = Path.Combine(_folder, "gate.json"), report = Path.Combine(_folder, "r.json");
        File.WriteAllText(config, settings);
        Tool.Result result =
            Tool.Run(["gate", "--config", config, "--json", report, "--out", Path.Combine(_folder, "found"), .. arguments]);
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
                ("kernels", "inconclusive"), ("schedules, synth:qwen35:1:small", "clean"),
                ("bleed, synth:qwen35:1:small", "clean"),
            ],
            VerdictsOf(report));
        Assert.Contains("has no kernel of its own; take the part out of the settings", result.Output, StringComparison.Ordinal);
    }

    [Fact]
    public void Run_EngineWithoutKernelAndNoKernelCasesAskedFor_IsClean()
    {
        (Tool.Result result, JsonElement report) = Run(ModelOnly, kernelCases: 0);
        Assert.True(result.Exit == ExitCode.Clean, result.Output + result.Error);
        Assert.Equal(["clean", "clean"], VerdictsOf(report).Select(part => part.Verdict));
    }

    // Whatever the machine is at: figures are there, and nothing to compare them with.
    [Fact]
    public void Run_ThroughputAndAServerThatIsGone_HasFiguresAndIsInconclusive()
    {
        (Tool.Result result, JsonElement report) = Run(
            $$"""
            {
              "seed": 1,
              "parts": {
                "throughput": {"model": "{{Small}}", "np": "1", "prompt": 4, "answer": 2, "rounds": 6},
                "server": {"url": "http://127.0.0.1:1"}
              }
            }
            """);
        Assert.True(result.Exit == ExitCode.Inconclusive, result.Output + result.Error);
        Assert.Equal(("server", "inconclusive"), VerdictsOf(report)[1]);
        JsonElement row = report.GetProperty("rows").EnumerateArray().Single(row => row.GetProperty("table").GetString() == "throughput");
        Assert.True(row.GetProperty("answerRate").GetDouble() > 0);
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

    // More than anybody's second is enough for.
    [Theory]
    [InlineData("undecided", ExitCode.Inconclusive)]
    [InlineData("pass", ExitCode.Clean)]
    [InlineData("fail", ExitCode.Dirty)]
    public void Run_OutOfTime_IsInconclusiveAndEndsAsTheSettingsSay(string policy, ExitCode code)
    {
        (Tool.Result result, JsonElement report) = Run(
            $$"""{"seed": 1, "inconclusive": "{{policy}}", "parts": {"schedules": {"models": ["{{Small}}"], "perModel": 1000000, "seconds": 1} } }""");
        Assert.True(result.Exit == code, result.Output + result.Error);
        Assert.Contains("its time was over", report.GetProperty("parts")[0].GetProperty("basis").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public void Run_Baseline_FailsOnlyForWhatIsNewAndReportsWhatIsGone()
    {
        string baseline = Path.Combine(_folder, "baseline.json");
        string settings = $$"""{"seed": 1, "parts": {"bleed": {"model": "{{Small}}", "np": "2", "rounds": 1} } }""";
        (Tool.Result first, _) = Run(settings, "--engine", "cpu+fault:modulo-slot", "--baseline", baseline, "--update-baseline");
        Assert.True(first.Exit == ExitCode.Dirty, first.Output + first.Error);

        (Tool.Result again, JsonElement report) = Run(settings, "--engine", "cpu+fault:modulo-slot", "--baseline", baseline);
        Assert.True(again.Exit == ExitCode.Clean, again.Output + again.Error);
        Assert.Contains("in the baseline", report.GetProperty("findings")[0].GetProperty("known").GetString(), StringComparison.Ordinal);

        (Tool.Result other, _) = Run(settings, "--engine", "cpu+fault:slot-reuse-no-zero", "--baseline", baseline);
        Assert.True(other.Exit == ExitCode.Dirty, other.Output + other.Error);

        (Tool.Result mended, JsonElement clean) = Run(settings, "--engine", "cpu", "--baseline", baseline);
        Assert.True(mended.Exit == ExitCode.Clean, mended.Output + mended.Error);
        Assert.NotEmpty(clean.GetProperty("knownNotSeen").EnumerateArray());
    }

    [Fact]
    public void Run_PerplexityOfAnotherEngineThanTheBaseline_IsDirty()
    {
        string settings = """{"seed": 1, "parts": {"perplexity": {"model": "gdn-tiny", "sequences": "1", "context": 64, "chunks": 4}}}""";
        (Tool.Result same, _) = Run(settings, "--engine", "cpu", "--baseline", "reference");
        Assert.True(same.Exit == ExitCode.Clean, same.Output + same.Error);
        (Tool.Result other, _) = Run(settings, "--engine", "cpu+fault:delta-decay-order", "--baseline", "reference");
        Assert.True(other.Exit == ExitCode.Dirty, other.Output + other.Error);
    }

    [Fact]
    public void Run_PerplexityOfAnotherEngineThanTheReport_IsDirty()
    {
        string settings = """{"seed": 1, "parts": {"perplexity": {"model": "gdn-tiny", "sequences": "1", "context": 32, "chunks": 24}}}""";
        string baseline = Path.Combine(_folder, "baseline.json");
        (Tool.Result first, _) = Run(settings, "--engine", "reference", "--baseline", baseline, "--update-baseline");
        Assert.True(first.Exit == ExitCode.Clean, first.Output + first.Error);
        (Tool.Result same, _) = Run(settings, "--engine", "cpu", "--baseline", baseline);
        Assert.True(same.Exit == ExitCode.Clean, same.Output + same.Error);
        (Tool.Result other, JsonElement worse) = Run(settings, "--engine", "cpu+fault:head-map-tiled-vs-grouped", "--baseline", baseline);
        Assert.True(other.Exit == ExitCode.Dirty, other.Output + other.Error);
        Assert.Contains("perplexity/PPL prefill n_seq 1", worse.GetProperty("findings").EnumerateArray().Select(
            finding => finding.GetProperty("fingerprint").GetString()));

        // Nothing in common is said, and is no reason to fail.
        (Tool.Result apart, JsonElement report) = Run(
            settings.Replace("32", "48", StringComparison.Ordinal), "--engine", "cpu", "--baseline", baseline);
        Assert.True(apart.Exit == ExitCode.Clean, apart.Output + apart.Error);
        Assert.Contains("the texts differ", report.GetProperty("leftOut")[0].GetProperty("reason").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public void Run_QuickProfile_RunsWhatTheSettingsSay()
    {
        string settings =
            $$"""
            {
              "seed": 1,
              "parts": {"kernels": {"cases": 1000000} },
              "quick": {"drafts": {"model": "{{Small}}", "k": "1", "tokens": 2, "np": 2} }
            }
            """;
        (Tool.Result result, JsonElement report) = Run(settings, "--profile", "quick");
        Assert.Equal([$"mtp-diff, {Small}"], VerdictsOf(report).Select(part => part.Part));
        Assert.True(result.Exit is ExitCode.Clean or ExitCode.Inconclusive, result.Output + result.Error);
    }

    [Fact]
    public void Load_Paths_AreThoseBesideTheSettings()
    {
        File.WriteAllText(Path.Combine(_folder, "lib.so"), "");
        string path = Path.Combine(_folder, "gate.json");
        File.WriteAllText(path, """{"seed": 1, "parts": {"kernels": {"cases": 1}}}""");
        GateConfig config = GateConfig.Load(path);
        string library = Path.Combine(_folder, "lib.so");
        Assert.Equal(library, config.Resolve("lib.so"));
        Assert.Equal("gdn-tiny", config.Resolve("gdn-tiny"));
        Assert.Equal($"native:{library}", config.ResolveEngine("native:lib.so"));
        Assert.Equal($"llama:{library},gpu=1+fault:x", config.ResolveEngine("llama:lib.so,gpu=1+fault:x"));
        Assert.Equal("cpu+threads:2", config.ResolveEngine("cpu+threads:2"));
    }

    [Fact]
    public void ShippedSettings_AreAsTheSchemaSays()
    {
        Assert.Empty(JsonSchemaChecker.Errors("docs/schema/gate.json", File.ReadAllText(Repository.PathOf("ci", "gate.json"))));
        Assert.NotNull(GateConfig.Load(null).Quick);
    }

    // What the schema lists is what the tool reads.
    [Fact]
    public void Schema_OfAnyMistake_IsRefusedByBoth()
    {
        foreach (string bad in (string[])[
            """{"parts": {}}""", """{"seed": 1, "parts": {"kernels": {}}}""", """{"seed": 1, "parts": {"kernels": {"cases": 0}}}""",
            """{"seed": 1, "parts": {"bleed": {"model": "m", "rounds": 1, "round": 2}}}""", """{"seed": -1, "parts": {"kernels": {"cases": 1}}}""",
            """{"seed": 1, "inconclusive": "maybe", "parts": {"kernels": {"cases": 1}}}"""])
        {
            Assert.NotEmpty(JsonSchemaChecker.Errors("docs/schema/gate.json", bad));
            Assert.Throws<InputException>(() => GateConfig.Parse("gate.json", System.Text.Encoding.UTF8.GetBytes(bad)));
        }
    }
}
