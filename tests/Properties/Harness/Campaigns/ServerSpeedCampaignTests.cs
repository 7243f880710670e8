using Gdn.Harness.Campaigns;
using Gdn.Harness.Cli;
using Gdn.Harness.Clients;
using Gdn.Harness.Clients.Dialects;
using Gdn.Harness.Engines;
using Gdn.Harness.Models;
using Gdn.Harness.Reports;
using Gdn.Harness.Server;
using Gdn.Harness.Throughput;
using Gdn.Harness.Throughput.Servers;
using Gdn.Harness.Traffic;
using Gdn.Properties.Harness.Bleed;
using Gdn.Properties.Harness.Clients;
using Gdn.Properties.Harness.Server;
using Gdn.Properties.Support;
using Gdn.Reference;
using Xunit;

namespace Gdn.Properties.Harness.Campaigns;

/// <summary>Which figures of a server there are, and that one that is wrong has none. What they are depends on the machine's load.</summary>
public sealed class ServerSpeedCampaignTests
{
    private const ulong Seed = 1;

    private static Task<Running> StartAsync() =>
        Running.Start(new ServeOptions(3), EngineCatalog.Parse("cpu"), LoadedModel.Load(ShippedModel.Name));

    private static Task<ICompletionClient> ConnectAsync(Running server) => ClientDiscovery.ConnectAsync(
        new ClientOptions(server.Client.BaseAddress!), flavour: null, TestContext.Current.CancellationToken);

    private static Task<ServerSpeed> SpeedOf(ICompletionClient client, int np = 2, int answer = 8) =>
        ServerSpeed.OfAsync(client, [np], prompt: 24, answer, Seed, TestContext.Current.CancellationToken);

    [Fact]
    public async Task Throughput_OfAServer_HasRatesAndLatencies()
    {
        await using Running server = await StartAsync();
        using ICompletionClient client = await ConnectAsync(server);
        ServerSpeed speed = await SpeedOf(client);
        Part part = await new ServerThroughputCampaign(speed.Subject, speed.Correctness, speed.Workloads, Rounds: 2, Seed) { Sample = TimeSpan.Zero }
            .RunAsync(new NoProgress(), TestContext.Current.CancellationToken);
        Assert.Empty(part.Findings);
        Table rates = part.Tables.Single(table => table.Name == "throughput").Only("sequences", "promptRate", "answerRate");
        Assert.Equal(["2 of 3", "{0,2} of 3"], rates.Rows.Select(row => row[0].Text));
        Assert.All(rates.Rows, row => Assert.True((double)row[1].Value! > 0 && (double)row[2].Value! > 0));
        Table latency = part.Tables.Single(table => table.Name == "latency").Only("requests", "ttft50", "ttft95");
        // Two rounds of two requests; the first time is not counted.
        Assert.All(latency.Rows, row => Assert.Equal("4", row[0].Text));
        Assert.All(latency.Rows, row => Assert.True((double)row[1].Value! > 0 && (double)row[2].Value! >= (double)row[1].Value!));
    }

    [Fact]
    public async Task Throughput_OfAServerThatBleeds_HasNoFigure()
    {
        var server = new ToyClient(4) { Spoil = ToySweep.SwapThird };
        var options = new LiveBleedOptions(server, Seed, [3], [], Rounds: 1, new RoundSizes()) { Vocabulary = ToyClient.Vocabulary };
        var subject = new ServerSubject(server, new RandomTokens(ToyClient.Vocabulary), Seed, TestContext.Current.CancellationToken);
        var campaign = new ServerThroughputCampaign(
            subject, ServerCorrectness.Of(options, most: 3), [new Workload(4, [0, 1, 2], 0, 8, 8)], Rounds: 2, Seed);
        Part part = await ToyClient.RunAsync(() => campaign.RunAsync(new NoProgress(), TestContext.Current.CancellationToken));
        Assert.Equal(Verdict.Dirty, part.Verdict);
        Assert.StartsWith("wrong results, and nothing was timed", part.Basis, StringComparison.Ordinal);
        Assert.DoesNotContain(part.Tables, table => table.Name == "throughput");
    }

    [Fact]
    public async Task Compare_OfTwoServers_HasALineForEachQuestion()
    {
        await using Running first = await StartAsync(), second = await StartAsync();
        using ICompletionClient a = await ConnectAsync(first), b = await ConnectAsync(second);
        (ServerSpeed one, ServerSpeed other) = (await SpeedOf(a), await SpeedOf(b));
        Part part = await new ServerCompareCampaign(one.Subject, other.Subject, [one.Correctness!, other.Correctness!], one.Workloads, Seed)
        {
            Sample = TimeSpan.Zero,
            Limit = TimeSpan.Zero,
        }.RunAsync(new NoProgress(), TestContext.Current.CancellationToken);
        Assert.Equal(
            ["bleed np 2", "PP 24 2 of 3", "TG 8 2 of 3", "PP 24 {0,2} of 3", "TG 8 {0,2} of 3", "noise floor"],
            part.Tables.Single(table => table.Name == "compare").Only("check").Rows.Select(row => row[0].Text));
        Assert.Equal(2, part.Tables.Count(table => table.Name == "latency"));
    }

    [Fact]
    public async Task Speed_MoreThanTheServerHas_IsRefused()
    {
        await using Running server = await StartAsync();
        using ICompletionClient client = await ConnectAsync(server);
        Assert.Contains(
            "has 3 slots, fewer than 4", (await Assert.ThrowsAsync<InputException>(() => SpeedOf(client, np: 4))).Message, StringComparison.Ordinal);
        Assert.Contains(
            "of a slot", (await Assert.ThrowsAsync<InputException>(() => SpeedOf(client, answer: 100_000))).Message, StringComparison.Ordinal);
    }
}
