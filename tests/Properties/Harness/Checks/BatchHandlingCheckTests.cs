using Gdn.Harness;
using Gdn.Harness.Campaigns;
using Gdn.Harness.Checks;
using Gdn.Harness.Findings;
using Gdn.Harness.Schedules;
using Gdn.Harness.Schedules.Generation;
using Gdn.Properties.Support;
using Gdn.Reference.Batches;
using Gdn.Reference.Engines;
using Xunit;

namespace Gdn.Properties.Harness.Checks;

/// <summary>Splits and fallbacks are found where the engine declares one pass, and nowhere else.</summary>
public class BatchHandlingCheckTests
{
    // Counts as an engine that splits every ragged or interleaved batch, and falls back in every uniform one of several sequences.
    private sealed class Splitting(IModelEngine inner, EngineCapabilities declared, bool fallsBack) : ForwardingEngine(inner)
    {
        private long _splits, _fallbacks;

        public override EngineInfo Info => base.Info with { Capabilities = declared };

        public override EngineCounters Counters =>
            base.Counters with { SplitBatches = _splits, Fallbacks = fallsBack ? _fallbacks : 0 };

        public override void Decode(TokenBatch batch, Span<float> logits)
        {
            base.Decode(batch, logits);
            SequenceDecomposition form = SequenceDecomposition.Of(batch);
            if (form.SequenceCount < 2) return;
            if (form.IsUniform && form.IsContiguous) _fallbacks++;
            else _splits++;
        }
    }

    private static readonly EngineCapabilities Split = new();

    private static ModelCase[] Cases(EngineCapabilities declared, bool fallsBack = false) =>
        [.. Enumerable.Range(0, 24).Select(i => new ModelCase(
            ScheduleGenerator.Generate(SeededRandom.Derive(99, (ulong)i), SampleModels.Qwen35.Limits(2 + i % 4)),
            new DeviatingSource("splitting", engine => new Splitting(engine, declared, fallsBack)), SampleModels.Qwen35))];

    private static string[] Found(EngineCapabilities declared, bool fallsBack = false) =>
        [.. Cases(declared, fallsBack)
            .Select(@case => new BatchHandlingCheck().RunGuarded(@case, CancellationToken.None).Discrepancy?.Summary())
            .OfType<string>()];

    // How many cases have a batch of that form; some do, and some do not.
    private static int CasesWith(EngineCapabilities declared, Func<SequenceDecomposition, bool> form)
    {
        int count = Cases(declared).Count(@case => @case.Schedule.Steps.OfType<DecodeStep>()
            .Any(step => form(SequenceDecomposition.Of(step.ToBatch(_ => 0)))));
        Assert.InRange(count, 1, 23);
        return count;
    }

    [Fact]
    public void DeclaresSplit_IsSilent() => Assert.Empty(Found(Split, fallsBack: true));

    [Fact]
    public void DeclaresOnePass_AndSplits_IsFound()
    {
        EngineCapabilities declared = Split with
        {
            RaggedBatches = BatchHandling.OnePass,
            InterleavedBatches = BatchHandling.OnePass,
        };
        string[] found = Found(declared);
        Assert.Equal(CasesWith(declared, form => !form.IsUniform || !form.IsContiguous), found.Length);
        Assert.All(found, summary => Assert.Matches(
            @"^one-pass: np \d, step \d+: the engine counts \d+ split batches; by its declaration at most 0 may be split$",
            summary));
    }

    // Interleaved batches, ragged or not, may then be split, and the others may not.
    [Fact]
    public void DeclaresOnePassForRaggedAlone_IsFoundWhereOneLiesSideBySide()
    {
        EngineCapabilities declared = Split with { RaggedBatches = BatchHandling.OnePass };
        Assert.Equal(CasesWith(declared, form => form.IsContiguous && !form.IsUniform), Found(declared).Length);
    }

    [Fact]
    public void DeclaresUniformBatchesAsOnePass_AndFallsBack_IsFound()
    {
        EngineCapabilities declared = Split with { UniformBatches = BatchHandling.OnePass };
        Assert.Empty(Found(declared));
        string[] found = Found(declared, fallsBack: true);
        Assert.Equal(
            CasesWith(declared, form => form.SequenceCount > 1 && form.IsContiguous && form.IsUniform), found.Length);
        Assert.All(found, summary => Assert.Matches(
            @"^one-pass: np \d, step \d+: the engine counts \d+ fallbacks, although it declares one pass for uniform batches$",
            summary));
    }

    [Fact]
    public void Finding_IsShrunkToOneBatch()
    {
        var engine = new DeviatingSource("splitting", inner => new Splitting(
            inner, Split with { RaggedBatches = BatchHandling.OnePass, InterleavedBatches = BatchHandling.OnePass }, fallsBack: false));
        Finding finding = Assert.Single(new ScheduleCampaign(
            new ScheduleOptions(engine, SampleModels.Qwen35, Seed: 6, Cases: 16, Slots: [3])).Run(null, CancellationToken.None).Findings);
        Assert.Equal("one-pass", finding.Check);
        Assert.Single(finding.Replay!.Schedule!.Steps);
    }
}
