using Gdn.Harness.Campaigns;
using Gdn.Harness.Engines;
using Gdn.Harness.Models;
using Gdn.Harness.Reports;
using Gdn.Harness.Throughput;
using Gdn.Properties.Support;
using Gdn.Reference.Batches;
using Gdn.Reference.Engines;
using Xunit;

namespace Gdn.Properties.Harness.Campaigns;

/// <summary>What a machine's load makes of times is not tested: only that they are there, and that those of a wrong engine are not.</summary>
public sealed class ThroughputCampaignTests
{
    private static readonly LoadedModel Model = LoadedModel.Load("synth:qwen35:1:small");

    private sealed class FailingLater(IModelEngine inner) : ForwardingEngine(inner)
    {
        public override void Decode(TokenBatch batch, Span<float> logits)
        {
            // Only workloads are that long.
            if (batch.Tokens[0].Position == 151) throw new InvalidDataException("no graph");
            base.Decode(batch, logits);
        }
    }

    private sealed class FailingFactory(IEngineFactory inner) : IEngineFactory
    {
        public string Name => "failing";

        public IModelEngine Create(EngineOptions options) => new FailingLater(inner.Create(options));
    }

    private static Task<Part> Run(int depth, params IEngineFactory[] engines) =>
        new ThroughputCampaign(engines, Model, WorkloadGrid.Of([1, 3], [depth], prompt: 8, answer: 4), Rounds: 2, Seed: 1)
        {
            Sample = TimeSpan.Zero,
        }
        .RunAsync(new NoProgress(), TestContext.Current.CancellationToken);

    [Fact]
    public async Task Run_TwoEngines_TimesEachWorkloadAndCompares()
    {
        using NamedEngine cpu = EngineCatalog.Parse("cpu"), slow = EngineCatalog.Parse("cpu+slow:4%");
        Part part = await Run(0, cpu, slow);

        Assert.Empty(part.Findings);
        Table[] tables = [.. part.Tables];
        Assert.Equal(["throughput", "throughput", "speedRatios"], tables.Select(table => table.Name));
        foreach (Table table in tables[..2])
        {
            Assert.Equal(["1", "3", "1 of 3", "2 of 3", "{0,2} of 3"], table.Only("sequences").Rows.Select(row => row[0].Text));
            foreach (IReadOnlyList<Cell> row in table.Only("promptRate", "answerRate").Rows)
                Assert.All(row, cell => Assert.True((double)cell.Value! > 0 && cell.Text.Contains('±'), cell.Text));
        }

        // Each workload in both phases against the first engine, and on each the single sequence and the gap.
        Assert.Equal(2 * 5 + 2 * 2 * 2, tables[2].Rows.Count);
    }

    [Fact]
    public async Task Run_WrongEngine_HasNoFigure()
    {
        using NamedEngine cpu = EngineCatalog.Parse("cpu"), wrong = EngineCatalog.Parse("cpu+fault:gr-shape-key");
        Part part = await Run(0, cpu, wrong);

        Assert.Equal(Verdict.Dirty, part.Verdict);
        Assert.NotEmpty(part.Findings);
        Assert.StartsWith("wrong results, and nothing was timed", part.Basis, StringComparison.Ordinal);
        Assert.DoesNotContain(part.Tables, table => table.Name is "throughput" or "speedRatios");
    }

    [Fact]
    public async Task Run_EngineThatFailsWhileTimed_IsAFinding()
    {
        using NamedEngine cpu = EngineCatalog.Parse("cpu");
        Part part = await Run(151, new FailingFactory(cpu));

        Assert.Equal(Verdict.Dirty, part.Verdict);
        Assert.Contains("151 tokens before, PP 8, TG 4: InvalidDataException: no graph", part.Findings[0].Summary, StringComparison.Ordinal);
    }
}
