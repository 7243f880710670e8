using System.Text.Json;
using Gdn.Harness.Cli;
using Gdn.Properties.Support;
using Xunit;

namespace Gdn.Properties.Harness.Cli;

public sealed class ThroughputCommandTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("gdn-throughput-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private (Tool.Result Result, JsonElement Report) Run(params string[] arguments)
    {
        string path = Path.Combine(_folder, "r.json");
        Tool.Result result = Tool.Run(
        [
            "throughput", "--kernel", "--value-heads", "4", "--key-heads", "2", "--dim", "32", "--pairs", "5", "--seed", "1",
            "--json", path, "--out", _folder, .. arguments,
        ]);
        Assert.True(File.Exists(path), result.Output + result.Error);
        return (result, JsonDocument.Parse(File.ReadAllText(path)).RootElement);
    }

    [Fact]
    public void Run_OneEngine_PrintsItAgainstTheLimit()
    {
        (Tool.Result result, JsonElement report) = Run("--shapes", "1x1,3x1", "--kda");

        Assert.True(result.Exit == ExitCode.Clean, result.Output + result.Error);
        Assert.Contains("heads: Hv 4, Hk 2, dim 32, a gate per channel", result.Output, StringComparison.Ordinal);
        Assert.Contains("machine: ", result.Output, StringComparison.Ordinal);
        JsonElement[] rows = [.. report.GetProperty("rows").EnumerateArray()];
        Assert.Equal(["1x1", "3x1"], rows.Select(row => row.GetProperty("shape").GetString()));
        foreach (JsonElement row in rows)
        {
            double milliseconds = row.GetProperty("milliseconds").GetDouble();
            double limit = row.GetProperty("limitMilliseconds").GetDouble();
            Assert.True(milliseconds > 0 && limit > 0, row.ToString());
            Assert.Equal(limit / milliseconds, row.GetProperty("shareOfLimit").GetDouble(), precision: 9);
            Assert.Contains(row.GetProperty("boundBy").GetString(), (string[])["memory", "FMA"]);
            Assert.Equal(JsonValueKind.Null, row.GetProperty("againstFirst").ValueKind);
        }
    }

    // Whatever this machine is doing meanwhile: the exit code says whether all ratios were resolved.
    [Fact]
    public void Run_EngineAgainstItself_ExitsByItsVerdicts()
    {
        (Tool.Result result, JsonElement report) = Run("--engine", "cpu,cpu", "--shapes", "1x8,4x2");

        JsonElement[] rows = [.. report.GetProperty("rows").EnumerateArray()];
        Assert.Equal(6, rows.Length);
        JsonElement[] speeds = [.. rows.Select(row => row.GetProperty("speed"))];
        Assert.Equal(4, speeds.Count(speed => speed.ValueKind == JsonValueKind.String));
        Assert.All(rows.Zip(speeds), pair => Assert.Equal(
            pair.Second.ValueKind == JsonValueKind.String && pair.Second.GetString() == "inconclusive" ? "inconclusive" : "clean",
            pair.First.GetProperty("verdict").GetString()));
        bool decided = rows.All(row => row.GetProperty("verdict").GetString() == "clean");
        Assert.Equal(decided ? ExitCode.Clean : ExitCode.Inconclusive, result.Exit);
        Assert.Equal(decided ? "clean" : "inconclusive", report.GetProperty("verdict").GetString());
    }
}
