using Gdn.Harness.Campaigns;
using Gdn.Harness.Clients;
using Gdn.Harness.Clients.Dialects;
using Gdn.Harness.Engines;
using Gdn.Harness.Models;
using Gdn.Harness.MtpDiff.Servers;
using Gdn.Harness.Reports;
using Gdn.Harness.Server;
using Gdn.Properties.Harness.Server;
using Gdn.Properties.Support;
using Xunit;

namespace Gdn.Properties.Harness.Campaigns;

/// <summary>Servers that draft, in their own ways; right, wrong, or not at all.</summary>
public sealed class ServerMtpDiffCampaignTests
{
    private static readonly ServeOptions Drafting = new(2) { DraftTokens = 2 };

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Run_RightServer_IsCleanAndTellsAcceptance(bool draftsWithHead)
    {
        await using Running server = await StartAsync(Drafting with { DraftsWithHead = draftsWithHead });
        Part part = await RunAsync(await ConnectAsync(server));
        Assert.True(part.Verdict == Verdict.Clean, part.Basis);
        Assert.Contains(part.Content.OfType<Note>(), note => note.Text.Contains("speculative.n_max 0", StringComparison.Ordinal));
        Table arms = part.Tables.Single(table => table.Name == "mtpArms");
        // None, K = 1 and as started, each alone and side by side; speeds where one request was asked at a time.
        Assert.Equal(6, arms.Rows.Count);
        Assert.All(arms.Rows, row => Assert.Equal(row[Index(arms, "np")].Text == "1", row[Index(arms, "speedUp")].Value is not null));
        Table places = part.Tables.Single(table => table.Name == "mtpAcceptance");
        Assert.Equal(["1", "2", "1", "2"], places.Rows.Select(row => row[Index(places, "place")].Text));
    }

    /// <summary>llama-server drafts whatever a request says.</summary>
    [Fact]
    public async Task Run_ServerThatAlwaysDrafts_IsComparedByPairsOfTokens()
    {
        await using Running server = await StartAsync(Drafting);
        Part part = await RunAsync(new AlwaysDrafting(await ConnectAsync(server)));
        Assert.True(part.Verdict == Verdict.Clean, part.Basis);
        Assert.Contains(part.Content.OfType<Note>(), note => note.Text.Contains("two tokens a request", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Run_RollbackFault_IsDirtyAndNamesTheDepth(bool againstAnother)
    {
        await using Running server = await StartAsync(Drafting, "cpu+fault:per-step-off-by-one");
        await using Running? other = againstAnother ? await StartAsync(Drafting) : null;
        Part part = await RunAsync(await ConnectAsync(server), other is null ? null : await ConnectAsync(other));
        Assert.Equal(Verdict.Dirty, part.Verdict);
        string summary = Assert.Single(part.Findings).Summary;
        Assert.Contains("taken back", summary, StringComparison.Ordinal);
        Assert.Contains("what follows 0 tokens taken back", summary, StringComparison.Ordinal);
        Table arms = part.Tables.Single(table => table.Name == "mtpArms");
        Assert.All(arms.Rows, row => Assert.True(
            row[Index(arms, "outcome")].Text == "same" || row[Index(arms, "speedUp")].Value is null));
    }

    [Fact]
    public async Task Run_EqualServers_IsClean()
    {
        await using Running server = await StartAsync(Drafting);
        await using Running other = await StartAsync(new ServeOptions(2));
        Part part = await RunAsync(await ConnectAsync(server), await ConnectAsync(other));
        Assert.True(part.Verdict == Verdict.Clean, part.Basis);
    }

    [Fact]
    public async Task Run_ServerThatDoesNotDraft_IsInconclusive()
    {
        await using Running server = await StartAsync(new ServeOptions(2));
        Part part = await RunAsync(await ConnectAsync(server));
        Assert.Equal(Verdict.Inconclusive, part.Verdict);
        Assert.Contains("drafting was not on", part.Basis, StringComparison.Ordinal);
    }

    private static Task<Running> StartAsync(ServeOptions options, string engine = "cpu") =>
        Running.Start(options, EngineCatalog.Parse(engine), LoadedModel.Load(ShippedModel.Name));

    private static Task<ICompletionClient> ConnectAsync(Running server) => ClientDiscovery.ConnectAsync(
        new ClientOptions(server.Client.BaseAddress!), flavour: null, TestContext.Current.CancellationToken);

    private static async Task<Part> RunAsync(ICompletionClient server, ICompletionClient? against = null)
    {
        using (server)
        using (against)
        {
            (string, string)[] prompts = [("one", "a b c a b c a b c a b"), ("two", "one two one two one"), ("three", "7 = 7, 8 = 8, 9 =")];
            return await new ServerMtpDiffCampaign(new ServerMtpDiffOptions(server, against, Seed: 1, prompts)
            {
                Drafts = [1, 2],
                Np = 2,
                Tokens = 12,
            }).RunAsync(new NoProgress(), TestContext.Current.CancellationToken);
        }
    }

    private static int Index(Table table, string key) =>
        table.Columns.Index().Single(column => column.Item.Key == key).Index;

    private sealed class AlwaysDrafting(ICompletionClient server) : ICompletionClient
    {
        public ServerInfo Info => server.Info;

        public Task<Completion> CompleteAsync(
            CompletionRequest request, Action<CompletionPart>? received, CancellationToken cancellation) =>
            server.CompleteAsync(request with { Drafts = null }, received, cancellation);

        public Task<IReadOnlyList<int>?> TokenizeAsync(string text, CancellationToken cancellation) =>
            server.TokenizeAsync(text, cancellation);

        public Task<SpeculationTotals?> SpeculationAsync(CancellationToken cancellation) => server.SpeculationAsync(cancellation);

        public void Dispose() => server.Dispose();
    }
}
