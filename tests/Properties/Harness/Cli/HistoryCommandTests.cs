using Gdn.Harness.Cli;
using Gdn.Harness.History;
using Gdn.Properties.Harness.History;
using Gdn.Properties.Support;
using Xunit;

namespace Gdn.Properties.Harness.Cli;

/// <summary>--history and 'history' as users meet them.</summary>
public sealed class HistoryCommandTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("gdn-cli-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private string PathOf(string name) => Path.Combine(_folder, name);

    [Fact]
    public void Check_IsKept_AndShown()
    {
        string history = PathOf("h.db");
        Tool.Result check = Tool.Run(
            "check", "--engine", "cpu", "--model", "synth:qwen35:1:tiny", "--cases", "1", "--shapes", "random", "--seed", "1", "--out",
            PathOf("f"), "--history", history);
        Assert.True(check.Exit == ExitCode.Clean, check.Output + check.Error);
        using var store = HistoryStore.Open(HistoryPlace.Parse(history));
        HistoryEntry entry = Assert.Single(store.Latest(10));
        Assert.Contains($"history: {entry.Id} in ", check.Output, StringComparison.Ordinal);
        Assert.Contains("--cases\",\n    \"1\"", store.Get(entry.Id).Report.ReplaceLineEndings("\n"), StringComparison.Ordinal);

        // The variable takes the option's place.
        Tool.Result show = Tool.Run(new Dictionary<string, string> { [HistoryOption.Variable] = history }, "history", "show", entry.Id[..5]);
        Assert.True(show.Exit == ExitCode.Clean, show.Output + show.Error);
        Assert.Contains("verdict: CLEAN", show.Output, StringComparison.Ordinal);
    }

    [Fact]
    public void Plot_ExportedAndImported_NamesTheChange()
    {
        using (var store = HistoryStore.Open(HistoryPlace.Parse(PathOf("a.db"))))
            for (int i = 0; i < 24; i++) store.Add(SampleRuns.At(i, value: i < 12 ? 2 + i % 3 * 0.01 : 2.5 + i % 3 * 0.01));

        Assert.Equal(ExitCode.Clean, Tool.Run("history", "export", PathOf("runs.jsonl"), "--history", PathOf("a.db")).Exit);
        Tool.Result import = Tool.Run("history", "import", PathOf("runs.jsonl"), PathOf("runs.jsonl"), "--history", PathOf("b.db"));
        Assert.Equal("24 runs added, 24 were there already", import.Output.Trim());
        Tool.Result plot = Tool.Run("history", "plot", "--history", PathOf("b.db"));
        Assert.True(plot.Exit == ExitCode.Clean, plot.Error);
        Assert.Matches(@"(?m)^PPL, cpu, decode, 4: ▁.*█ .*\(24 runs\)$", plot.Output);
        Assert.Contains("2.01 -> 2.51 (+24.9%) since 2026-01-01 00:12 (run ", plot.Output, StringComparison.Ordinal);
        Assert.Contains(", commit c0012000, p 0.002)", plot.Output, StringComparison.Ordinal);
    }

    [Fact]
    public void List_NoHistoryNamed_SaysHow()
    {
        Tool.Result result = Tool.Run("history", "list");
        Assert.Equal(ExitCode.Usage, result.Exit);
        Assert.Contains($"name one, or set {HistoryOption.Variable}", result.Error, StringComparison.Ordinal);
    }
}
