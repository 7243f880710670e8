using System.Text.Json;
using Gdn.Harness.Cli;
using Gdn.Properties.Support;
using Xunit;

namespace Gdn.Properties.Harness.Cli;

/// <summary>The contract that scripts depend on: names, exit codes, JSON, one-line errors.</summary>
public sealed class CommandLineTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("gdn-cli-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private string PathOf(string name) => Path.Combine(_folder, name);

    private static JsonElement[] RowsOf(JsonElement report, string part, string table) =>
    [
        .. report.GetProperty("rows").EnumerateArray().Where(row =>
            row.GetProperty("part").GetString() == part && row.GetProperty("table").GetString() == table),
    ];

    private string Write(string name, string text)
    {
        File.WriteAllText(PathOf(name), text);
        return PathOf(name);
    }

    [Fact]
    public void Check_CleanEngine_ExitsWithZeroAndWritesTheReport()
    {
        Tool.Result result = Tool.Run(
            "check", "--engine", "cpu", "--cases", "16", "--shapes", "random", "--seed", "7", "--json", PathOf("r.json"), "--out",
            PathOf("f"));

        Assert.True(result.Exit == ExitCode.Clean, result.Output + result.Error);
        Assert.Contains("seed 7", result.Output, StringComparison.Ordinal);
        Assert.Contains("verdict: CLEAN", result.Output, StringComparison.Ordinal);
        JsonElement report = JsonDocument.Parse(File.ReadAllText(PathOf("r.json"))).RootElement;
        Assert.Equal(1, report.GetProperty("schema").GetInt32());
        Assert.Equal("check", report.GetProperty("command").GetString());
        Assert.Equal("clean", report.GetProperty("verdict").GetString());
        Assert.Equal(7, report.GetProperty("seed").GetInt32());
        Assert.Equal(0, report.GetProperty("findings").GetArrayLength());
        foreach ((string part, string table, string count) in (ReadOnlySpan<(string, string, string)>)
            [("kernel cases", "kernelCases", "cases"), ("schedules, gdn-tiny", "schedules", "schedules")])
            Assert.Equal(16, RowsOf(report, part, table).Sum(row => row.GetProperty(count).GetInt32()));
        JsonElement engine = Assert.Single(RowsOf(report, "schedules, gdn-tiny", "engine"));
        Assert.True(engine.GetProperty("batches").GetInt64() > 16);
        Assert.InRange(engine.GetProperty("planReuse").GetDouble(), 0.01, 0.99);
        Assert.Matches(@"(?m)^engine: batches \d+, split \d+, fallbacks 0, plans reused \d+%$", result.Output);
        Assert.True(report.GetProperty("environment").GetProperty("cores").GetInt32() > 0);
        Assert.False(Directory.Exists(PathOf("f")));
    }

    [Fact]
    public void Check_PlantedFault_ExitsWithOneAndItsReplayDoesToo()
    {
        Tool.Result result = Tool.Run(
            "check", "--engine", "cpu+fault:gr-shape-key", "--model", "synth:qwen35:1:small", "--cases", "400", "--kernel-cases", "20",
            "--shapes", "random", "--seed", "1", "--json", PathOf("r.json"), "--out", PathOf("f"));

        Assert.True(result.Exit == ExitCode.Dirty, result.Output + result.Error);
        JsonElement[] findings =
            [.. JsonDocument.Parse(File.ReadAllText(PathOf("r.json"))).RootElement.GetProperty("findings").EnumerateArray()];
        Assert.NotEmpty(findings);
        foreach (JsonElement finding in findings)
        {
            Assert.Matches(
                @"np [3-8], .*slot \d+.*token \d+: expected \S+, actual \S+, allowed",
                finding.GetProperty("summary").GetString());
            string replay = finding.GetProperty("replay").GetString()!;
            JsonElement schedule = JsonDocument.Parse(File.ReadAllText(replay)).RootElement.GetProperty("schedule");
            Assert.InRange(schedule.GetProperty("steps").GetArrayLength(), 1, 6);
            Assert.Equal(ExitCode.Dirty, Tool.Run("replay", replay).Exit);
            Tool.Result repaired = Tool.Run("replay", replay, "--engine", "cpu");
            Assert.Equal(ExitCode.Clean, repaired.Exit);
            Assert.Matches(@"(?m)^engine: batches \d+, split 0, fallbacks 0, plans reused ", repaired.Output);
        }
    }

    [Fact]
    public void Bleed_PlantedFault_IsDirtyFromNpThreeOnly()
    {
        Tool.Result result = Tool.Run(
            "bleed", "--engine", "cpu+fault:gr-shape-key", "--model", "synth:qwen35", "--np", "2..3", "--scenario",
            "steady,churn", "--rounds", "3", "--seed", "1", "--json", PathOf("r.json"), "--out", PathOf("f"));

        Assert.True(result.Exit == ExitCode.Dirty, result.Output + result.Error);
        var dirty = RowsOf(JsonDocument.Parse(File.ReadAllText(PathOf("r.json"))).RootElement, "bleed, synth:qwen35", "bleed")
            .Where(row => row.GetProperty("dirtyRounds").GetInt32() > 0)
            .Select(row => (row.GetProperty("np").GetInt32(), row.GetProperty("scenario").GetString()));
        Assert.Equal([(3, "churn")], dirty);
    }

    [Fact]
    public void FaultsMatrix_FaultAndControl_ExitsWithZeroAndWritesBothForms()
    {
        Tool.Result result = Tool.Run(
            "faults", "matrix", "--faults", "modulo-slot,none", "--seed", "1", "--json", PathOf("r.json"), "--markdown",
            PathOf("m.md"));

        Assert.True(result.Exit == ExitCode.Clean, result.Output + result.Error);
        Assert.Contains("1 of 1 faults caught, 0 of 1 controls flagged", result.Output, StringComparison.Ordinal);
        JsonElement[] rows =
            [.. JsonDocument.Parse(File.ReadAllText(PathOf("r.json"))).RootElement.GetProperty("rows").EnumerateArray()];
        Assert.Equal(["modulo-slot", "none"], rows.Select(row => row.GetProperty("fault").GetString()));
        Assert.Equal(2, rows[0].GetProperty("np").GetInt32());
        Assert.All(rows, row => Assert.Equal("clean", row.GetProperty("verdict").GetString()));
        Assert.True(rows[0].GetProperty("nonInterference").GetInt32() > 0);
        Assert.Equal(JsonValueKind.Null, rows[1].GetProperty("nonInterference").ValueKind);
        Assert.Matches(@"(?m)^\| modulo-slot \| 2 \| · \| ", File.ReadAllText(PathOf("m.md")));
    }

    [Fact]
    public void FaultsList_NamesFaultsControlsAndWhatIsNotPlanted()
    {
        Tool.Result result = Tool.Run("faults", "list");
        Assert.Equal(ExitCode.Clean, result.Exit);
        foreach (string id in (string[])["gr-shape-key", "alloc-scratch-alias", "batch-shape-order", "mtp-conditioning-row"])
            Assert.Contains($"  {id}  ", result.Output, StringComparison.Ordinal);
    }

    public static TheoryData<string[], string> WrongUsage => new()
    {
        { ["check"], "--engine" },
        { ["check", "--engine", "gpu"], "engine 'gpu': it does not exist; use reference, cpu, cpu+fault:ID, cuda, cuda:cpu, native:LIB, assembly:DLL, ggml:DIR or llama:DIR" },
        { ["throughput", "--shapes", "1x1"], "--shapes is of no use without --kernel" },
        { ["throughput", "--kernel", "--np", "2"], "--np is of no use with --kernel" },
        { ["throughput", "--depth", "1000"], "--depth: with --pp and --tg, 1320 tokens are more than the 1024 that the model takes" },
        { ["compare", "cpu"], "compare: B is missing; " },
        { ["compare", "cpu", "gpu"], "engine 'gpu': it does not exist" },
        { ["throughput", "--tool", "llama-bench", "--np", "2"], "--np is of no use with --tool: what the program is to do follows --" },
        { ["throughput", "--", "-p", "1"], "'-p' is an argument for a program: name it with --tool" },
        { ["throughput", "--depth", "0,deep"], "--depth: 'deep' is not a number of tokens; write for example 0,512" },
        { ["throughput", "--engine", "cpu+slow:fast%"], "'+slow:fast%' is not a share of its time; write for example +slow:4%" },
        { ["throughput", "--kernel", "--engine", "cpu,reference"], "engine 'reference': it cannot be timed; use cpu, cpu+ring:L, cuda" },
        { ["throughput", "--kernel", "--shapes", "1x1,8"], "--shapes: '8' is not a shape; write sequences x tokens, for" },
        { ["throughput", "--kernel", "--key-heads", "5"], "--key-heads: 5 does not divide the 32 value heads" },
        { ["throughput", "--kernel", "--pairs", "4"], "--pairs: too few for an interval; use at least 5" },
        { ["throughput", "--kernel", "--margin", "0"], "--margin: '0' is not a percentage between 0 and 100" },
        { ["check", "--engine", "cpu+fault:no"], "fault 'no': it does not exist; see 'faults list'" },
        {
            ["check", "--engine", "cpu+split:2+fault:chunk-tail-gate-zero"],
            "chunk-tail-gate-zero is planted into an engine without variants; use cpu+fault:chunk-tail-gate-zero alone"
        },
        { ["check", "--engine", "cpu", "--cases", "0"], "--cases: '0' is not a positive whole number" },
        { ["check", "--engine", "cpu", "--cases", "many"], "--cases: 'many' is not a positive whole number" },
        { ["check", "--engine", "cpu", "--time", "soon"], "--time: 'soon' is not a duration; write 60, 60s, 5m or 2h" },
        { ["check", "--engine", "cpu", "--shard", "3/2"], "--shard: '3/2' is not a part" },
        { ["check", "--engine", "cpu", "--np", "0..4"], "--np: '0..4' is not a list of numbers from 1 to 64" },
        { ["check", "--engine", "cpu", "--model", "missing.gguf"], "missing.gguf" },
        { ["check", "--engine", "cpu", "--model", "synth:bert"], "model 'synth:bert': there is no such synthetic model" },
        { ["bleed", "--engine", "cpu", "--scenario", "rush"], "--scenario: 'rush' does not exist" },
        { ["bleed", "--engine", "cpu", "--scenario", "cache"], "--scenario: 'cache' is traffic for servers; use --server" },
        { ["bleed"], "give either --engine or --server" },
        { ["bleed", "--engine", "cpu", "--server", "http://127.0.0.1:1"], "give either --engine or --server" },
        { ["bleed", "--server", "127.0.0.1"], "--server: '127.0.0.1' is not an address" },
        { ["bleed", "--server", "http://127.0.0.1:1", "--flavour", "mint"], "--flavour: 'mint' does not exist" },
        { ["faults", "matrix", "--faults", "modulo-slot,no"], "fault 'no': it does not exist; see 'faults list'" },
        { ["replay", "missing.json"], "missing.json" },
        { ["gate", "--config", "missing.json"], "missing.json" },
        { ["serve", "--port", "99999"], "--port: '99999' is not a number from 0 to 65535" },
        { ["serve", "--host", "here"], "--host: 'here' is not an IP address" },
        { ["serve", "--order", "any"], "--order: 'any' does not exist" },
        { ["serve", "--draft", "mtp"], "--draft: 'mtp' does not exist; write for example lookup:3 or head:3" },
        { ["serve", "--jitter", "-1"], "--jitter: '-1' is not a fraction" },
        { ["serve", "--slots", "8", "--ubatch", "4"], "--ubatch: 4 tokens per pass are out of range" },
        { ["serve", "--ctx", "5000"], "--ctx: 5000 tokens are more than the 1024 that the model allows" },
        { ["serve", "--fault", "no"], "fault 'no': it does not exist; see 'faults list'" },
        { ["dance"], "dance" },
    };

    [Theory]
    [MemberData(nameof(WrongUsage))]
    public void Run_WrongUsage_ExitsWithTwoAndSaysWhatAndWhere(string[] arguments, string message)
    {
        Tool.Result result = Tool.Run(arguments);
        Assert.True(result.Exit == ExitCode.Usage, result.Output + result.Error);
        Assert.Contains(message, result.Error, StringComparison.Ordinal);
        Assert.StartsWith("error: ", result.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void Replay_NewerSchema_SaysNewer()
    {
        Tool.Result result = Tool.Run("replay", Write("new.json", "{\"schema\": 4, \"surprise\": true}"));
        Assert.Equal(ExitCode.Usage, result.Exit);
        Assert.Contains("this build reads versions 1 to 3, not 4; use a newer build", result.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void Gate_UnknownField_IsNamed()
    {
        Tool.Result result = Tool.Run("gate", "--config", Write("gate.json", "{\"engin\": \"cpu\"}"));
        Assert.Equal(ExitCode.Usage, result.Exit);
        Assert.Contains("engin", result.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("--help")]
    [InlineData("check", "--help")]
    [InlineData("bleed", "--help")]
    [InlineData("throughput", "--help")]
    public void Run_Help_ExitsWithZero(params string[] arguments)
    {
        Tool.Result result = Tool.Run(arguments);
        Assert.Equal(ExitCode.Clean, result.Exit);
        Assert.Contains("Usage:", result.Output, StringComparison.Ordinal);
    }
}
