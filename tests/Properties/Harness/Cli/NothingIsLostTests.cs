using System.Diagnostics;
using System.Text.Json;
using Gdn.Harness.Cli;
using Gdn.Properties.Support;
using Xunit;

namespace Gdn.Properties.Harness.Cli;

/// <summary>What a run has found reaches its user, whatever becomes of files, folders and the run itself.</summary>
public sealed class NothingIsLostTests : IDisposable
{
    private static readonly string Assembly = Path.Combine(AppContext.BaseDirectory, "foreign", "Gdn.ForeignEngine.dll");

    private readonly string _folder = Directory.CreateTempSubdirectory("gdn-lost-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private string PathOf(string name) => Path.Combine(_folder, name);

    [Theory]
    [InlineData("check", "--engine", "cpu", "--json")]
    [InlineData("check", "--engine", "cpu", "--markdown")]
    [InlineData("check", "--engine", "cpu", "--out")]
    [InlineData("check", "--export")]
    [InlineData("bleed", "--engine", "cpu", "--out")]
    [InlineData("bleed", "--server", "http://127.0.0.1:1", "--out")]
    [InlineData("gate", "--json")]
    [InlineData("throughput", "--kernel", "--markdown")]
    [InlineData("faults", "matrix", "--markdown")]
    [InlineData("model", "synth")]
    [InlineData("model", "corpus")]
    public void Run_UnwritablePath_ExitsWithTwoBeforeAnythingIsRun(params string[] arguments)
    {
        File.WriteAllText(PathOf("file"), "");
        string path = Path.Combine(PathOf("file"), "below");
        Tool.Result result = Tool.Run([.. arguments, path]);
        Assert.True(result.Exit == ExitCode.Usage, result.Output + result.Error);
        Assert.StartsWith($"error: '{path}': it cannot be written (", result.Error, StringComparison.Ordinal);
        Assert.Empty(result.Output);
    }

    [Theory]
    [InlineData("1", ExitCode.Dirty, "verdict: DIRTY")]
    [InlineData("0", ExitCode.Environment, "verdict: CLEAN")]
    public void Check_FolderGoesDuringTheRun_FindingsAndVerdictArePrinted(string deviation, ExitCode exit, string verdict)
    {
        string reports = Directory.CreateDirectory(PathOf("reports")).FullName;
        Tool.Result result = Tool.Run(
            new Dictionary<string, string> { ["GDN_TEST_FOLDER"] = reports, ["GDN_TEST_DEVIATION"] = deviation },
            "check", "--engine", $"assembly:{Assembly}:FolderRemoving", "--model", "synth:qwen35:1:tiny", "--cases", "2", "--np", "1",
            "--seed", "1", "--json", Path.Combine(reports, "r.json"), "--out", Path.Combine(reports, "f"));

        Assert.True(result.Exit == exit, result.Output + result.Error);
        Assert.Contains(verdict, result.Output, StringComparison.Ordinal);
        Assert.Matches(@"(?m)^error: \S*r\.json: it could not be written \(", result.Error);
        if (exit != ExitCode.Dirty) return;
        Assert.Contains("finding 1 ", result.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("replay:", result.Output, StringComparison.Ordinal);
        Assert.Matches(@"(?m)^error: \S*-np1-1\.json: it could not be written \(", result.Error);
    }

    [Fact]
    public void Replay_FromAnotherFolder_FindsEngineAndModel()
    {
        Assert.Equal(ExitCode.Clean, Tool.RunIn(_folder, "model", "synth", "m.gguf", "--layers", "1").Exit);
        string engine = $"assembly:{Path.GetRelativePath(_folder, Assembly)}:Throwing";
        Tool.Result result = Tool.RunIn(
            _folder, "check", "--engine", engine, "--model", "m.gguf", "--cases", "6", "--np", "2", "--seed", "1", "--json", "r.json");
        Assert.True(result.Exit == ExitCode.Dirty, result.Output + result.Error);
        string replay = JsonDocument.Parse(File.ReadAllText(PathOf("r.json"))).RootElement
            .GetProperty("findings")[0].GetProperty("replay").GetString()!;

        Tool.Result again = Tool.RunIn(Path.GetTempPath(), "replay", PathOf(replay), "--trust");
        Assert.True(again.Exit == ExitCode.Dirty, again.Output + again.Error);
    }

    [Fact]
    public void ReportOnStandardOutput_HasItToItself()
    {
        Tool.Result result = Tool.RunIn(
            Path.GetTempPath(), "bleed", "--engine", "cpu", "--np", "2", "--rounds", "1", "--scenario", "steady", "--seed", "1", "--json", "-",
            "--out", PathOf("f"));
        Assert.True(result.Exit == ExitCode.Clean, result.Output + result.Error);
        Assert.Equal("clean", JsonDocument.Parse(result.Output).RootElement.GetProperty("verdict").GetString());
        Assert.Contains("verdict: CLEAN", result.Error, StringComparison.Ordinal);
    }

    // Two signals at once are what timeout(1) sends: one to the process, one to its group.
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void Check_Terminated_SaysSoAndWritesItsReport(int signals)
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "no signals");
        using Process tool = Tool.Start(
            "check", "--engine", "cpu", "--time", "10m", "--seed", "1", "--json", PathOf("r.json"), "--out", PathOf("f"));
        // At work.
        Assert.StartsWith("past failures", tool.StandardOutput.ReadLine(), StringComparison.Ordinal);
        for (int i = 0; i < signals; i++) Process.Start("kill", $"-TERM {tool.Id}").WaitForExit();
        string output = tool.StandardOutput.ReadToEnd(), error = tool.StandardError.ReadToEnd();
        tool.WaitForExit();

        Assert.True(tool.ExitCode == (int)ExitCode.Inconclusive, output + error);
        Assert.Contains("interrupted: this is what was found until then", error, StringComparison.Ordinal);
        Assert.Contains("verdict: INTERRUPTED", output, StringComparison.Ordinal);
        JsonElement report = JsonDocument.Parse(File.ReadAllText(PathOf("r.json"))).RootElement;
        Assert.Equal("inconclusive", report.GetProperty("verdict").GetString());
        Assert.Contains(
            report.GetProperty("parts").EnumerateArray(),
            part => part.GetProperty("basis").GetString() == "could not run: interrupted");
    }
}
