using Gdn.Harness.Campaigns;
using Gdn.Harness.Engines;
using Gdn.Harness.Engines.Cpu;
using Gdn.Harness.Export;
using Gdn.Harness.Faults;
using Gdn.Harness.Kernels.Timing;
using Gdn.Harness.MtpDiff;
using Gdn.Harness.Reports;
using Gdn.Harness.Throughput;
using Gdn.Harness.Traffic;
using Gdn.Properties.Support;
using Gdn.Reference.Kernels;
using Gdn.Reference.Operators;
using Xunit;

namespace Gdn.Properties.Harness.Reports;

/// <summary>
/// The keys of every table that a command reports: names that scripts and histories depend on. A key that is renamed or gone
/// breaks them; a new one does not, but belongs here too.
/// </summary>
public sealed class ColumnsTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("gdn-columns-").FullName;
    private readonly NamedEngine _engine = EngineCatalog.Parse("cpu");

    public void Dispose()
    {
        _engine.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    private const string Engine =
        "engine: batches splitBatches fallbacks planReuse tokens batchedRuns inPlaceRuns planHits planMisses";

    private static async Task HasColumns(Campaign campaign, params string[] expected)
    {
        Part part = await campaign.RunAsync(new NoProgress(), CancellationToken.None);
        Assert.Equal(expected, part.Tables.Select(Keys));
        Assert.NotEmpty(part.Head);
    }

    private static string Keys(Table table) => $"{table.Name}: {string.Join(' ', table.Columns.Select(column => column.Key))}";

    [Fact]
    public Task Schedules() => HasColumns(
        new ScheduleCampaign(new ScheduleOptions(_engine, SampleModels.Qwen35, Seed: 1, Cases: 1, Slots: [2])),
        "schedules: np verdict schedules dirty tokens rowsCompared routingTies known", Engine);

    [Fact]
    public Task KernelCases() => HasColumns(
        new KernelCampaign(_engine, new KernelCaseRunner(Seed: 1, Cases: 1)),
        "kernelCases: inputs verdict cases dirty outputError stateError baselineError");

    [Fact]
    public Task Bleed() => HasColumns(
        new BleedCampaign(new BleedOptions(_engine, SampleModels.Qwen35, Seed: 1, [2], [Scenario.Steady], Rounds: 1)),
        "bleed: np scenario verdict dirtyRounds rounds sequences tokens rowsCompared rowsWrong knownRounds", Engine);

    [Fact]
    public void LiveBleed() => Assert.Equal(
        "liveBleed: np scenario verdict dirtyRounds rounds rate rateDetectable requests tokens rowsCompared ties undecided "
        + "atOnce basis skipped",
        Keys(LiveBleedPart.Rows(new LiveBleedResult(Noise: null, Control: null, [], [], Failure: null))));

    [Fact]
    public Task KernelTimings() => HasColumns(
        new KernelTimingCampaign(
            [new TimedEngine("cpu", threads => new CpuKernelEngine(threads))],
            [new KernelShape(new DeltaRuleShape(1, 1, 1, 4, 4), Sequences: 1, Planes: 0, HeadMap.Tiled, 1)], [1], Rounds: 2, Seed: 1)
        {
            Sample = TimeSpan.Zero,
        },
        "kernelTimings: threads shape engine version valueHeads keyHeads dim gate milliseconds limitMilliseconds boundBy "
        + "shareOfLimit againstFirst detectable speed verdict",
        "batchingCosts: threads engine shape against ratio detectable speed verdict");

    [Fact]
    public Task Throughput() => HasColumns(
        new ThroughputCampaign([_engine], SampleModels.Qwen35, WorkloadGrid.Of([1], [0], prompt: 2, answer: 1), Rounds: 2, Seed: 1)
        {
            Sample = TimeSpan.Zero,
        },
        "throughput: engine sequences prompt answer depth promptSeconds promptRate answerSeconds answerRate promptError answerError np active rounds fixedSeconds",
        "speedRatios: engine sequences depth phase against ratio detectable speed");

    [Fact]
    public void Compare() => Assert.Equal(
        "compare: check a b change verdict ratio detectable rounds", Keys(CompareRow.Table([])));

    [Fact]
    public Task MtpDiff() => HasColumns(
        new MtpDiffCampaign(new MtpDiffOptions(
            _engine, SampleModels.Drafting, Seed: 1, new PromptSet([new NamedPrompt("prompt", [5, 6, 5, 6, 5])], Decode: null))
        {
            Drafts = [1],
            Tokens = 8,
        }),
        "mtpGrid: prompt plain none head lookup head-restored mixed forced",
        "mtpArms: drafts k outcome same ties corrupt first rounds drafted accepted acceptance95 expected byPlace histogram "
        + "meanLength tokensPerSecond roundsPerSecond speedUp",
        "mtpAcceptance: drafts k place drafted accepted share share95 expected expected95");

    [Fact]
    public Task Export() => HasColumns(
        new ExportCampaign(_engine, new KernelExport(Seed: 1, Cases: 1), Path.Combine(_folder, "cases")),
        "export: cases bytes");

    [Fact]
    public Task Faults() => HasColumns(
        new FaultMatrixCampaign(
            new FaultMatrix(Seed: 1) { Schedules = 32, Shrinks = false }, [FaultCatalog.Named("none")], MarkdownPath: null),
        "faults: fault verdict np isControl evidence kernel play nonInterference differential reuse determinism splitInvariance "
        + "recomputation renaming batchOrder onePass steps sequences cause namesCause explanation schedule kernelCases schedules seconds");
}
