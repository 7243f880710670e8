using Gdn.Harness.Campaigns;
using Gdn.Harness.Cli;
using Gdn.Harness.Clients;
using Gdn.Harness.Clients.Dialects;
using Gdn.Harness.Engines;
using Gdn.Harness.Models;
using Gdn.Harness.Reports;
using Gdn.Harness.Server;
using Gdn.Harness.Traffic;
using Gdn.Properties.Harness.Server;
using Gdn.Properties.Support;
using Gdn.Reference.Gguf;
using Xunit;

namespace Gdn.Properties.Harness.Clients;

/// <summary>The whole way, over HTTP, against this tool's own server: clean, noisy, and with a fault.</summary>
public sealed class LiveServeTests : IDisposable
{
    private const int Ubatch = 64;

    private readonly string _folder = Directory.CreateTempSubdirectory("gdn-live-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private static ServeOptions Options(int slots) => new(slots) { UbatchTokens = Ubatch, DraftTokens = 3 };

    private static async Task<LiveBleedResult> SweepAsync(Running running, int[] np, int rounds, params Scenario[] scenarios)
    {
        using ICompletionClient server = await ClientDiscovery.ConnectAsync(
            new ClientOptions(running.Client.BaseAddress!), null, CancellationToken.None);
        Assert.Equal(ServerFlavour.GdnHarness, server.Info.Flavour);
        return await LiveBleedCampaign.SweepAsync(
            new LiveBleedOptions(server, Seed: 1, np, scenarios, rounds, new RoundSizes(Answer: 24, Ubatch))
            {
                Vocabulary = SyntheticVocabulary.Printable,
            },
            null, CancellationToken.None);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1e-3)]
    public async Task Bleed_CleanServe_IsCleanInAllScenarios(double jitter)
    {
        await using Running running = await Running.Start(Options(3) with { Jitter = jitter });
        LiveBleedResult result = await SweepAsync(running, [2, 3], 1, [.. Scenarios.OnServers]);
        Assert.Null(result.Failure);
        Assert.True(
            result.Rows.All(row => row is { Verdict: Verdict.Clean, RowsCompared: > 0 }), string.Join('\n', result.Rows));
    }

    [Fact]
    public async Task Bleed_PlansReusedByShape_AreDirtyFromNpThreeOnly()
    {
        await using Running running =
            await Running.Start(new ServeOptions(4), EngineCatalog.Parse("cpu+fault:gr-shape-key"));
        LiveBleedResult result = await SweepAsync(running, [2, 3], 6, Scenario.Staggered, Scenario.Churn);
        Assert.True(
            result.Rows.All(row => row.Verdict == (row.Slots == 3 ? Verdict.Dirty : Verdict.Clean)),
            string.Join('\n', result.Rows));
    }

    [Theory]
    [InlineData("checkpoint-selector", Scenario.Cache)]
    [InlineData("busy-slot-cache-load", Scenario.BusySlot)]
    [InlineData("slot-file-without-state", Scenario.SlotFiles)]
    public async Task Bleed_FaultOfTheServer_IsDirtyInItsScenarioOnly(string fault, Scenario scenario)
    {
        await using Running running = await Running.Start(new ServeOptions(3) { Fault = ServerFault.Find(fault)! });
        LiveBleedResult result = await SweepAsync(running, [3], 2, Scenario.Steady, scenario);
        Assert.Equal(
            [(Scenario.Steady, Verdict.Clean), (scenario, Verdict.Dirty)],
            result.Rows.Select(row => (row.Scenario, row.Verdict)));
    }

    /// <summary>With a fault that needs no two requests to meet: whether one round shows it is not a matter of timing.</summary>
    [Fact]
    public async Task BleedCommand_Finding_IsReportedAndReplays()
    {
        await using Running faulty =
            await Running.Start(new ServeOptions(3) { Fault = ServerFault.Find("checkpoint-selector")! });
        await using Running clean = await Running.Start(new ServeOptions(3));
        string address = faulty.Client.BaseAddress!.ToString();

        Tool.Result bleed = Tool.Run(
            "bleed", "--server", address, "--model", "synth:qwen35", "--np", "3", "--scenario", "cache", "--rounds", "1",
            "--seed", "1", "--reference", "never", "--out", _folder);

        Assert.True(bleed.Exit == ExitCode.Dirty, bleed.Output + bleed.Error);
        string report = File.ReadAllText(Path.Combine(_folder, "report.md"));
        Assert.Contains("| 3 | cache | DIRTY | 1 of 1 |", report, StringComparison.Ordinal);
        Assert.Contains("victim: request ", report, StringComparison.Ordinal);
        Assert.Contains("curl -sSf", File.ReadAllText(Path.Combine(_folder, "repro-cache.sh")), StringComparison.Ordinal);
        Assert.Contains(
            "\"purpose\":\"cache np 3, request 0\"", File.ReadAllText(Path.Combine(_folder, "transcript.jsonl")),
            StringComparison.Ordinal);
        string replay = Path.Combine(_folder, "bleed-cache-np3-1.json");
        Assert.Equal(ExitCode.Dirty, Tool.Run("replay", replay, "--trust").Exit);
        Assert.Equal(ExitCode.Clean, Tool.Run("replay", replay, "--server", clean.Client.BaseAddress!.ToString()).Exit);
    }

    [Fact]
    public void Bleed_ModelWithUnknownTokenizer_SaysThatItCanBeLeftOut()
    {
        string path = Path.Combine(_folder, "bert.gguf");
        var file = new GgufWriter();
        file.Add("tokenizer.ggml.model", "bert");
        file.Write(path);
        Tool.Result result = Tool.Run("bleed", "--server", "http://127.0.0.1:1", "--model", path, "--out", _folder);
        Assert.Equal(ExitCode.Usage, result.Exit);
        Assert.Contains("'bert' is not supported; ", result.Error, StringComparison.Ordinal);
        Assert.Contains("; or leave --model out, and the server's own tokenizer is used", result.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void BleedCommand_NoServer_ExitsWithThree()
    {
        Tool.Result result = Tool.Run("bleed", "--server", "http://127.0.0.1:1", "--out", _folder);
        Assert.Equal(ExitCode.Environment, result.Exit);
        Assert.StartsWith("error: http://127.0.0.1:1/: no connection", result.Error, StringComparison.Ordinal);
    }
}
