using System.Text.Json;
using Gdn.Harness.Cli;
using Gdn.Properties.Support;
using Xunit;

namespace Gdn.Properties.Harness.Cli;

/// <summary>The real libllama on the command line, with the bug that v0.5.0 is known for.</summary>
public sealed class LlamaCommandTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("gdn-llama-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private string PathOf(string name) => Path.Combine(_folder, name);

    private Tool.Result Check(string engine, params string[] options) => Tool.Run(
    [
        "check", "--engine", engine, "--model", "synth:qwen35:1:small", "--cases", "32", "--seed", "7", "--out", PathOf("f"),
        "--json", PathOf("report.json"), .. options,
    ]);

    private IEnumerable<JsonElement> Findings => Report.GetProperty("findings").EnumerateArray();

    private JsonElement Report => JsonDocument.Parse(File.ReadAllText(PathOf("report.json"))).RootElement;

    [GgmlFact]
    public void Check_KnownBug_DirtyWithoutItsFileAndCleanWith()
    {
        string engine = $"llama:{GgmlFactAttribute.Folder},kv=f32,fa=off";
        Tool.Result dirty = Check(engine);
        Assert.True(dirty.Exit == ExitCode.Dirty, dirty.Output + dirty.Error);
        JsonElement finding = Assert.Single(Findings, found => found.GetProperty("check").GetString() != "overreach");
        Assert.Contains(Findings, found => found.GetProperty("fingerprint").GetString() == "overreach/wrong-logits/decode");
        Assert.InRange(finding.GetProperty("steps").GetArrayLength(), 1, 4);
        Assert.Contains("that was rolled back", finding.GetProperty("cause").GetString(), StringComparison.Ordinal);
        Assert.Contains("in force: threads=1, ubatch=512, kv=f32, fa=off", dirty.Output, StringComparison.Ordinal);
        Assert.Contains("judged by: the tolerances of single precision", dirty.Output, StringComparison.Ordinal);

        Tool.Result replay = Tool.Run("replay", finding.GetProperty("replay").GetString()!.Split(' ')[^1], "--trust");
        Assert.True(replay.Exit == ExitCode.Dirty, replay.Output + replay.Error);

        Tool.Result clean = Check(engine, "--known", Repository.PathOf("ci/known/llama.cpp-0.5.0.json"));
        Assert.True(clean.Exit == ExitCode.Clean, clean.Output + clean.Error);
        Assert.Contains("known: llama_memory_seq_cp right after a rollback", clean.Output, StringComparison.Ordinal);
    }

    // What the library's server would take: half precision in caches and attention.
    [GgmlFact]
    public void Check_DefaultsOnQuantizedWeights_CleanAndAFaultIsFound()
    {
        string model = PathOf("q8.gguf"), known = Repository.PathOf("ci/known/llama.cpp-0.5.0.json");
        Tool.Result quantize = Tool.Run("model", "quantize", model, "--model", "synth:qwen35");
        Assert.True(quantize.Exit == ExitCode.Clean, quantize.Output + quantize.Error);
        string[] options = ["--known", known, "--model", model, "--np", "2..3", "--cases", "16"];
        Tool.Result clean = CheckOn($"llama:{GgmlFactAttribute.Folder}", options);
        Assert.True(clean.Exit == ExitCode.Clean, clean.Output + clean.Error);
        Assert.Contains("judged by: its own noise", clean.Output, StringComparison.Ordinal);
        Assert.Equal(ExitCode.Dirty, CheckOn($"llama:{GgmlFactAttribute.Folder}+fault:rows-swapped", options).Exit);
    }

    private Tool.Result CheckOn(string engine, string[] options) =>
        Tool.Run(["check", "--engine", engine, "--seed", "5", "--out", PathOf("f"), .. options]);

    [GgmlFact]
    public void BleedAndReplay_OnTheLibrary_Run()
    {
        Tool.Result bleed = Tool.Run(
            "bleed", "--engine", $"llama:{GgmlFactAttribute.Folder},unified", "--model", "synth:qwen35:1:small", "--np", "2..3",
            "--rounds", "1", "--out", PathOf("f"));
        Assert.True(bleed.Exit == ExitCode.Clean, bleed.Output + bleed.Error);
        Assert.Contains("unified", bleed.Output, StringComparison.Ordinal);
    }
}
