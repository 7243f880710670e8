using Gdn.Harness;
using Gdn.Harness.Campaigns;
using Gdn.Harness.Engines;
using Gdn.Harness.Findings;
using Gdn.Harness.Models;
using Gdn.Harness.MtpDiff;
using Gdn.Harness.Reports;
using Gdn.Properties.Support;
using Gdn.Reference.Batches;
using Gdn.Reference.Engines;
using Xunit;

namespace Gdn.Properties.Harness.Campaigns;

/// <summary>Clean engines pass, every fault of speculation is found, and nothing passes that did not draft.</summary>
public class MtpDiffCampaignTests
{
    private static readonly LoadedModel Model = SampleModels.Drafting;

    [Theory]
    [InlineData("cpu", 0)]
    [InlineData("cpu", 0.7)]
    [InlineData("cpu+state:bf16", 0)]
    [InlineData("cpu+threads:2", 0)]
    [InlineData("reference", 0)]
    public async Task Run_CleanEngine_IsCleanAndDraftsAsExpected(string engine, double temperature)
    {
        Part part = await RunAsync(engine, [1, 3, 8], temperature);
        Assert.True(part.Verdict == Verdict.Clean, $"{part.Basis}: {string.Join("; ", part.Findings.Select(finding => finding.Summary))}");
        Table arms = part.Tables.Single(table => table.Name == "mtpArms");
        int drafts = Index(arms, "drafts"), accepted = Index(arms, "accepted"), expected = Index(arms, "expected");
        int drafted = Index(arms, "drafted"), speedUp = Index(arms, "speedUp");
        Assert.All(arms.Rows, row => Assert.NotNull(row[speedUp].Value));
        IReadOnlyList<Cell>[] head = [.. arms.Rows.Where(row => row[drafts].Text == "head")];
        Assert.Equal(3, head.Length);
        Assert.All(head, row => Assert.Equal(
            (double)row[expected].Value!, (int)row[accepted].Value! / (double)(int)row[drafted].Value!, 0.02));
    }

    [Theory]
    [InlineData("reject-no-rollback")]
    [InlineData("per-step-off-by-one")]
    [InlineData("commit-skipped")]
    [InlineData("draft-armed-slot0")]
    [InlineData("conv-plane-missing")]
    [InlineData("stale-column-zero")]
    public async Task Run_FaultOfSpeculation_IsFound(string fault)
    {
        Part part = await RunAsync($"cpu+fault:{fault}", [1, 2, 4]);
        Assert.Equal(Verdict.Dirty, part.Verdict);
        Table arms = part.Tables.Single(table => table.Name == "mtpArms");
        int outcome = Index(arms, "outcome"), speedUp = Index(arms, "speedUp"), drafts = Index(arms, "drafts");
        // No speed of what is wrong; the fault is one of taking back, so nothing is wrong where nothing is.
        Assert.All(arms.Rows, row => Assert.Equal(row[outcome].Text == "corrupt", row[speedUp].Value is null));
        Assert.Equal("same", arms.Rows.Single(row => row[drafts].Text == "none")[outcome].Text);
        Finding finding = Assert.Single(part.Findings);
        Assert.NotNull(finding.Replay);
    }

    [Fact]
    public async Task Run_EngineWithoutRollback_IsInconclusive()
    {
        Part part = await RunAsync(new RestrictedFactory(new EngineCapabilities { Rollback = RollbackSupport.None }), [1, 2]);
        Assert.Equal(Verdict.Inconclusive, part.Verdict);
        Assert.Contains("drafting was not on", part.Basis, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Run_NothingIsDrafted_IsInconclusive()
    {
        Part part = await new MtpDiffCampaign(Options(EngineCatalog.Parse("cpu"), [1]) with
        {
            Sources = [DraftSourceKind.Lookup],
            Prompts = new PromptSet([new NamedPrompt("short", [1])], Decode: null),
            Tokens = 2,
        }).RunAsync(new NoProgress(), TestContext.Current.CancellationToken);
        Assert.Equal(Verdict.Inconclusive, part.Verdict);
    }

    [Fact]
    public async Task Run_EngineWithShallowRollbacks_LeavesOutWhatItCannot()
    {
        Part part = await RunAsync(new RestrictedFactory(new EngineCapabilities { RollbackDepth = 2 }), [1, 2, 8]);
        Assert.Equal(Verdict.Clean, part.Verdict);
        Assert.Contains(part.Content.OfType<Note>(), note => note.Text.StartsWith("left out: K above 2", StringComparison.Ordinal));
    }

    /// <summary>Text cannot show it: only what should have been drafted can.</summary>
    [Fact]
    public async Task Run_HeadThatDraftsOtherTokens_IsFound()
    {
        Part part = await RunAsync(new WrongHeadFactory(), [2]);
        Finding finding = Assert.Single(part.Findings);
        Assert.Equal("draft-head", finding.Check);
        Assert.Equal(Verdict.Dirty, part.Verdict);
    }

    [Theory]
    [InlineData("mtp-conditioning-row")]
    [InlineData("hidden-buffer-reused")]
    [InlineData("draft-mirror-stale")]
    public async Task Run_FaultOfDraftLayers_IsFoundAlthoughOutputsAreRight(string fault)
    {
        Part part = await RunAsync($"cpu+fault:{fault}", [1, 3]);
        Assert.Equal("draft-head", Assert.Single(part.Findings).Check);
        Table arms = part.Tables.Single(table => table.Name == "mtpArms");
        Assert.All(arms.Rows, row => Assert.Equal("same", row[Index(arms, "outcome")].Text));
    }

    /// <summary>How fast it is depends on the machine; what is measured and derived does not.</summary>
    [Fact]
    public async Task Run_SpeedWanted_IsMeasuredForEachKOfTheHead()
    {
        using NamedEngine engine = EngineCatalog.Parse("cpu");
        Part part = await new MtpDiffCampaign(Options(engine, [1, 2]) with { TimedRounds = 2, Sources = [DraftSourceKind.Head] })
            .RunAsync(new NoProgress(), TestContext.Current.CancellationToken);
        Table speed = part.Tables.Single(table => table.Name == "mtpSpeed");
        Assert.Equal(["1", "2"], speed.Rows.Select(row => row[Index(speed, "k")].Text));
        Assert.All(speed.Rows, row =>
        {
            double Value(string key) => (double)row[Index(speed, key)].Value!;
            Assert.Equal(
                Value("expectedLength") * Value("step") / (Value("verification") + Value("drafting")), Value("expectedSpeedUp"), 1e-9);
            Assert.InRange(Value("expectedLength"), 1, 3);
        });
    }

    [Theory]
    [InlineData("cpu")]
    [InlineData("reference")]
    public async Task Run_AgainstAnEqualEngine_IsClean(string other)
    {
        Part part = await RunAgainstAsync(other);
        Assert.True(part.Verdict == Verdict.Clean, part.Basis);
        Table arms = part.Tables.Single(table => table.Name == "mtpArms");
        Assert.Equal(2, arms.Rows.Select(row => row[Index(arms, "side")].Text).Distinct().Count());
    }

    [Fact]
    public async Task Run_AgainstAFaultyEngine_NamesThatOne()
    {
        Part part = await RunAgainstAsync("cpu+fault:conv-plane-missing");
        Assert.Equal(Verdict.Dirty, part.Verdict);
        Assert.Equal("cpu+fault:conv-plane-missing", Assert.Single(part.Findings).Engine);
    }

    [Fact]
    public async Task Run_EngineThatThrows_IsAFinding()
    {
        Part part = await RunAsync(new ThrowingFactory(), [2]);
        Assert.Equal(Verdict.Dirty, part.Verdict);
        Assert.Contains("rollback is broken", Assert.Single(part.Findings).Summary, StringComparison.Ordinal);
    }

    // In the middle of an arm, at its first rollback; the one without drafts is done.
    [Fact]
    public async Task Run_Interrupted_ReportsTheArmsThatAreDone()
    {
        using var source = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        Part part = await new MtpDiffCampaign(Options(new CancellingFactory(source), [2])).RunAsync(new NoProgress(), source.Token);
        Assert.Equal(Verdict.Inconclusive, part.Verdict);
        Assert.EndsWith("interrupted", part.Basis, StringComparison.Ordinal);
        Table arms = part.Tables.Single(table => table.Name == "mtpArms");
        Assert.Equal("same", Assert.Single(arms.Rows)[Index(arms, "outcome")].Text);
    }

    private static async Task<Part> RunAsync(string engine, int[] drafts, double temperature = 0)
    {
        using NamedEngine named = EngineCatalog.Parse(engine);
        return await RunAsync(named, drafts, temperature);
    }

    private static Task<Part> RunAsync(IEngineFactory engine, int[] drafts, double temperature = 0) =>
        new MtpDiffCampaign(Options(engine, drafts) with { Temperature = temperature })
            .RunAsync(new NoProgress(), TestContext.Current.CancellationToken);

    private static async Task<Part> RunAgainstAsync(string other)
    {
        using NamedEngine engine = EngineCatalog.Parse("cpu"), against = EngineCatalog.Parse(other);
        return await new MtpDiffCampaign(Options(engine, [2]) with { Against = against })
            .RunAsync(new NoProgress(), TestContext.Current.CancellationToken);
    }

    private static MtpDiffOptions Options(IEngineFactory engine, int[] drafts)
    {
        var random = new SeededRandom(2);
        NamedPrompt[] prompts = [.. Enumerable.Range(1, 3).Select(i => new NamedPrompt(
            $"prompt {i}", [.. Enumerable.Range(0, 9 * i).Select(_ => random.Next(Model.Config.Vocabulary))]))];
        return new MtpDiffOptions(engine, Model, Seed: 1, new PromptSet(prompts, Decode: null))
        {
            Drafts = drafts,
            Slots = 2,
            Tokens = 20,
        };
    }

    private static int Index(Table table, string key) =>
        table.Columns.Index().Single(column => column.Item.Key == key).Index;

    private sealed class WrongHeadFactory : IEngineFactory
    {
        public string Name => "wrong head";

        public IModelEngine Create(EngineOptions options) => new WrongHead(EngineCatalog.Parse("cpu").Create(options));
    }

    // Drafts are off by one token of the vocabulary, now and then.
    private sealed class WrongHead(IModelEngine inner) : ForwardingEngine(inner), IDraftingEngine
    {
        private readonly IDraftingEngine _inner = (IDraftingEngine)inner;
        private int _calls;

        public bool CanDraft => _inner.CanDraft;

        public void Draft(ReadOnlySpan<DraftToken> tokens, Span<float> logits)
        {
            _inner.Draft(tokens, logits);
            if (++_calls % 7 == 0) logits[^1] = 1e3f;
        }
    }

    private sealed class CancellingFactory(CancellationTokenSource source) : IEngineFactory
    {
        public string Name => "cancelling";

        public IModelEngine Create(EngineOptions options) => new Cancelling(EngineCatalog.Parse("cpu").Create(options), source);
    }

    private sealed class Cancelling(IModelEngine inner, CancellationTokenSource source) : ForwardingEngine(inner)
    {
        public override void Rollback(int sequence, int count)
        {
            source.Cancel();
            base.Rollback(sequence, count);
        }
    }

    private sealed class ThrowingFactory : IEngineFactory
    {
        public string Name => "throwing";

        public IModelEngine Create(EngineOptions options) => new Throwing(EngineCatalog.Parse("cpu").Create(options));
    }

    private sealed class Throwing(IModelEngine inner) : ForwardingEngine(inner)
    {
        public override void Rollback(int sequence, int count) => throw new InvalidOperationException("rollback is broken");
    }
}
