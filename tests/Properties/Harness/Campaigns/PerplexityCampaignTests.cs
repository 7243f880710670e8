using Gdn.Harness.Campaigns;
using Gdn.Harness.Engines;
using Gdn.Harness.Findings;
using Gdn.Harness.Models;
using Gdn.Harness.Perplexity;
using Gdn.Harness.Reports;
using Gdn.Properties.Support;
using Gdn.Reference.Batches;
using Gdn.Reference.Engines;
using Xunit;

namespace Gdn.Properties.Harness.Campaigns;

/// <summary>Perplexity by number of sequences: equal on a clean engine, and what is planted is found and named.</summary>
public sealed class PerplexityCampaignTests
{
    private static readonly LoadedModel Model = LoadedModel.Load("synth:qwen35:1:small");

    private static async Task<Part> Run(params IEngineFactory[] engines)
    {
        TextSource source = TextSource.Of(Model, path: null, context: 24, chunks: 8);
        return await new PerplexityCampaign(engines, Model, source.Text, source.Name, [1, 2, 4])
            .RunAsync(new NoProgress(), TestContext.Current.CancellationToken);
    }

    private static string Text(Part part) => $"{part.Basis}\n{string.Join('\n', part.Findings.Select(finding => finding.Summary))}";

    // The scalar reference promises equal bits; the CPU path has them for any company, and is within noise of itself decoding.
    [Fact]
    public async Task Run_CpuAndReference_AreCleanAndTheSame()
    {
        using NamedEngine cpu = EngineCatalog.Parse("cpu"), reference = EngineCatalog.Parse("reference");
        Part part = await Run(cpu, reference);
        Assert.True(part.Verdict == Verdict.Clean, Text(part));
        Assert.Equal("14 of 14 runs as they should be", part.Basis);
        foreach (Table table in part.Tables.Where(table => table.Name == "perplexity"))
        {
            Table shown = table.Only("path", "sequences", "difference", "perplexity");
            foreach (IReadOnlyList<Cell> row in shown.Rows.Where(row => row[1].Value is not 1)) Assert.Equal("same bits", row[2].Text);
            double[] values = [.. shown.Rows.Select(row => (double)row[3].Value!)];
            Assert.All(values, value => Assert.InRange(value / values[0], 1 - 1e-4, 1 + 1e-4));
        }
    }

    // Benign: other orders of sums, other formats of snapshots.
    [Theory]
    [InlineData("cpu+fault:none")]
    [InlineData("cpu+fault:chunk-reassociation")]
    [InlineData("cpu+fault:batch-shape-order")]
    public async Task Run_Control_IsClean(string name)
    {
        using NamedEngine engine = EngineCatalog.Parse(name);
        Part part = await Run(engine);
        Assert.True(part.Verdict == Verdict.Clean, Text(part));
    }

    [Fact]
    public async Task Run_FallbackOntoAnothersPlan_IsNamed()
    {
        using NamedEngine engine = EngineCatalog.Parse("cpu+fault:one-path-fallback");
        Part part = await Run(engine);
        Assert.Equal(Verdict.Dirty, part.Verdict);
        Finding finding = Assert.Single(part.Findings);
        Assert.Equal("perplexity/wrong-tokens/decode", finding.Fingerprint);
        Assert.Matches(@"np 2, decode: \d+ of \d+ tokens are other than with decode n_seq 1 \(\d+ of sequence 0", finding.Summary);
        Assert.Contains("batches fell back to several passes", finding.Summary, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Run_Bleed_IsDirtyInCompanyOnly()
    {
        using NamedEngine engine = EngineCatalog.Parse("cpu+fault:slot-reuse-no-zero");
        Part part = await Run(engine);
        Assert.True(part.Verdict == Verdict.Dirty, Text(part));
        Assert.All(part.Findings, finding => Assert.True(finding.Np > 1, finding.Summary));
    }

    // Wrong wherever a prompt is cut: not noise, for the engine declares single precision.
    [Fact]
    public async Task Run_StateLostBetweenPieces_IsDirtyAlone()
    {
        using NamedEngine engine = EngineCatalog.Parse("cpu+fault:prefill-drops-carry");
        Part part = await Run(engine);
        Assert.True(part.Verdict == Verdict.Dirty, Text(part));
        Assert.Contains(part.Findings, finding => finding is { Np: 1, Scenario: "pieces of 11" });
    }

    // One logit of one row in one sequence, by more than rounding: the smallest bleed there is.
    [Fact]
    public async Task Run_OneTokenOfOneSequence_IsFoundWhereItIs()
    {
        static void Spoil(TokenBatch batch, Span<float> logits, IReadOnlyList<BatchToken> history)
        {
            int row = 0;
            foreach (BatchToken token in batch.Tokens)
            {
                if (token is { Sequence: 3, Position: 15, Output: true }) logits.Slice(row * Model.Config.Vocabulary, Model.Config.Vocabulary / 2).Fill(0.01f);
                if (token.Output) row++;
            }
        }

        Part part = await Run(new DeviatingSource("one token", Spoil));
        Assert.True(part.Verdict == Verdict.Dirty, Text(part));
        Assert.Contains(part.Findings, finding => finding.Summary.Contains(
            "(2 of sequence 3); first in chunk 3, position 15", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Run_NotANumber_SaysFromWhereOn()
    {
        static void Spoil(TokenBatch batch, Span<float> logits, IReadOnlyList<BatchToken> history)
        {
            if (batch.Tokens[0] is { Position: 0, Sequence: 0 }) logits[^1] = float.NaN;
        }

        Part part = await Run(new DeviatingSource("nan", Spoil));
        Assert.True(part.Verdict == Verdict.Dirty, Text(part));
        Assert.Contains("no number from chunk 0, position 22 on", part.Findings[0].Summary, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Run_EngineThatThrows_IsAFinding()
    {
        Part part = await Run(new DeviatingSource("throws", (_, _, _) => throw new InvalidOperationException("out of slots")));
        Assert.True(part.Verdict == Verdict.Dirty, Text(part));
        Assert.Contains("out of slots", part.Findings[0].Summary, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Run_KnownFinding_DoesNotFailIt()
    {
        TextSource source = TextSource.Of(Model, path: null, context: 24, chunks: 4);
        using NamedEngine engine = EngineCatalog.Parse("cpu+fault:one-path-fallback");
        var known = new KnownFindings([new KnownFinding("perplexity/wrong-tokens/decode", "planted")]);
        Part part = await new PerplexityCampaign([engine], Model, source.Text, source.Name, [1, 2])
        {
            Policy = FindingPolicy.Default with { Known = known },
        }.RunAsync(new NoProgress(), TestContext.Current.CancellationToken);
        Assert.True(part.Verdict == Verdict.Clean, Text(part));
        Assert.Equal("planted", Assert.Single(part.Findings).KnownReason);
    }

    // Between engines it is rounding; the first run is what the others are compared with.
    [Fact]
    public async Task Run_SecondEngine_IsComparedByDivergence()
    {
        using NamedEngine cpu = EngineCatalog.Parse("cpu"), reference = EngineCatalog.Parse("reference");
        Part part = await Run(cpu, reference);
        Table table = Assert.Single(part.Tables, table => table.Name == "klDivergence").Only("path", "largest", "sameTop");
        Assert.Equal(6, table.Rows.Count);
        Assert.All(table.Rows, row => Assert.InRange((double)row[1].Value!, 0, 1e-9));
        Assert.All(table.Rows, row => Assert.StartsWith("100%", row[2].Text, StringComparison.Ordinal));
    }

    // The base of one engine, saved and read: the other's runs are compared with it, and one that predicts something else is found.
    [Fact]
    public async Task Run_SavedBase_FindsOtherPredictionsOnly()
    {
        string path = Path.Combine(Path.GetTempPath(), $"{Guid.NewGuid():N}.kl-base");
        try
        {
            TextSource source = TextSource.Of(Model, path: null, context: 24, chunks: 8);
            using NamedEngine reference = EngineCatalog.Parse("reference"), cpu = EngineCatalog.Parse("cpu");
            Part saved = await new PerplexityCampaign([reference], Model, source.Text, source.Name, [1]) { Decodes = false, SavedBase = path }
                .RunAsync(new NoProgress(), TestContext.Current.CancellationToken);
            Assert.Empty(saved.Unwritten);
            using KlBaseFile file = KlBaseFile.Open(path);
            TextSource again = TextSource.Of(Model, file, file.Chunks);
            Task<Part> Compared(IEngineFactory engine) => new PerplexityCampaign([engine], Model, again.Text, again.Name, [1, 4])
            {
                Base = file,
                MostDivergence = 1e-4,
            }.RunAsync(new NoProgress(), TestContext.Current.CancellationToken);

            Part same = await Compared(cpu);
            Assert.True(same.Verdict == Verdict.Clean, Text(same));
            // Sharper by a third, everywhere alike: no other check can see that, since all runs of the engine agree.
            Part other = await Compared(new DeviatingSource("sharper", (_, logits, _) =>
            {
                foreach (ref float logit in logits) logit *= 1.33f;
            }));
            Assert.True(other.Verdict == Verdict.Dirty, Text(other));
            Assert.All(other.Findings, finding => Assert.StartsWith("perplexity/kl-divergence/", finding.Fingerprint, StringComparison.Ordinal));
        }
        finally
        {
            File.Delete(path);
        }
    }

    [Fact]
    public async Task Run_EndedEarly_LeavesNoBase()
    {
        string path = Path.Combine(Path.GetTempPath(), $"{Guid.NewGuid():N}.kl-base");
        TextSource source = TextSource.Of(Model, path: null, context: 24, chunks: 8);
        using var cancellation = new CancellationTokenSource();
        var engine = new DeviatingSource("ends it", (_, _, _) => cancellation.Cancel());
        Part part = await new PerplexityCampaign([engine], Model, source.Text, source.Name, [1]) { SavedBase = path }
            .RunAsync(new NoProgress(), cancellation.Token);
        Assert.Contains("not all of the text was scored", Assert.Single(part.Unwritten), StringComparison.Ordinal);
        Assert.False(File.Exists(path));
    }
}
