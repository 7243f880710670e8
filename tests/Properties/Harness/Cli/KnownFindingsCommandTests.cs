using System.Text.Json;
using Gdn.Harness.Cli;
using Gdn.Properties.Support;
using Xunit;

namespace Gdn.Properties.Harness.Cli;

/// <summary>--known and --max-findings as users meet them.</summary>
public sealed class KnownFindingsCommandTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("gdn-known-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private string PathOf(string name) => Path.Combine(_folder, name);

    private Tool.Result Check(string report, params string[] options) => Tool.Run(
    [
        "check", "--engine", "cpu+fault:snapshot-before-write", "--model", "synth:qwen35:1:small", "--cases", "16", "--kernel-cases",
        "4", "--shapes", "random", "--np", "1..2", "--seed", "1", "--out", PathOf("f"), "--json", PathOf(report), .. options,
    ]);

    private JsonElement Report(string name) => JsonDocument.Parse(File.ReadAllText(PathOf(name))).RootElement;

    [Fact]
    public void Check_EveryFindingKnown_ExitsWithZeroAndReportsThem()
    {
        Tool.Result first = Check("first.json", "--max-findings", "100");
        Assert.True(first.Exit == ExitCode.Dirty, first.Output + first.Error);
        string[] fingerprints =
        [
            .. Report("first.json").GetProperty("findings").EnumerateArray()
                .Select(finding => finding.GetProperty("fingerprint").GetString()!).Distinct(),
        ];
        Assert.Contains($"fingerprint: {fingerprints[0]}", first.Output, StringComparison.Ordinal);
        File.WriteAllText(
            PathOf("known.json"),
            JsonSerializer.Serialize(new
            {
                known = fingerprints.Append("play/threw/clear").Select(fingerprint => new { fingerprint, reason = "issue 7" }),
            }));

        Tool.Result again = Check("again.json", "--known", PathOf("known.json"));
        Assert.True(again.Exit == ExitCode.Clean, again.Output + again.Error);
        Assert.Contains("known: issue 7", again.Output, StringComparison.Ordinal);
        Assert.Contains("known finding play/threw/clear did not occur in this run (issue 7)", again.Output, StringComparison.Ordinal);
        JsonElement report = Report("again.json");
        Assert.Equal("clean", report.GetProperty("verdict").GetString());
        Assert.All(
            report.GetProperty("findings").EnumerateArray(),
            finding => Assert.Equal("issue 7", finding.GetProperty("known").GetString()));
        JsonElement notSeen = Assert.Single(report.GetProperty("knownNotSeen").EnumerateArray());
        Assert.Equal("play/threw/clear", notSeen.GetProperty("fingerprint").GetString());
    }

    [Theory]
    [InlineData("check", "--engine", "cpu")]
    [InlineData("bleed", "--engine", "cpu")]
    [InlineData("gate")]
    public void Run_FieldMissing_ExitsWithTwoAndNamesEntryAndField(params string[] arguments)
    {
        File.WriteAllText(PathOf("known.json"), """{ "known": [ { "fingerprint": "a/b/c" } ] }""");
        Tool.Result result = Tool.Run([.. arguments, "--known", PathOf("known.json")]);
        Assert.True(result.Exit == ExitCode.Usage, result.Output + result.Error);
        Assert.Contains("known.json, line 1: known[0]: it is not a list of known findings: it lacks reason;", result.Error, StringComparison.Ordinal);
    }
}
