using Gdn.Harness;
using Gdn.Harness.Campaigns;
using Gdn.Harness.Engines;
using Gdn.Harness.Metrics;
using Gdn.Harness.Models;
using Gdn.Harness.Perplexity;
using Gdn.Harness.Reports;
using Gdn.Harness.Reports.Writers;
using Gdn.Harness.Throughput;
using Gdn.Properties.Support;
using Gdn.Reference;
using Gdn.Reference.Engines;
using Xunit;

namespace Gdn.Properties.Harness.Campaigns;

/// <summary>Reports that were written by <c>--json</c>, side by side: what they have in common, and why some cannot be compared.</summary>
public sealed class SavedComparisonTests : IDisposable
{
    private static readonly string[] Lines = ["engine cpu, model gdn-tiny (sha256 a3a22f416f05), seed 1"];

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("gdn-saved-");
    private int _files;

    public void Dispose() => _folder.Delete(recursive: true);

    private SavedReport Saved(Part part, Func<string, string>? change = null)
    {
        var text = new StringWriter();
        new JsonWriter().Write(new Report("any", 1, [part]), text);
        string path = Path.Combine(_folder.FullName, $"{_files++}.json");
        File.WriteAllText(path, change?.Invoke($"{text}") ?? $"{text}");
        return SavedReport.Read(path);
    }

    private static Task<Part> Compare(SavedReport a, SavedReport b) =>
        new SavedComparison(a, b).RunAsync(new NoProgress(), TestContext.Current.CancellationToken);

    private static string[] Column(Part part, string key) => [.. Assert.Single(part.Tables).Only(key).Rows.Select(row => row[0].Text)];

    private static Part Throughput(double answer, double machine = 1, string engine = "cpu")
    {
        var random = new SeededRandom((ulong)(1000 * answer));
        var samples = new SpeedSamples(engines: 1, workloads: 1);
        PhaseTime Taking(double seconds) => new(machine * seconds * (1 + 0.002 * random.NextGaussian()), 0);
        for (int i = 0; i < 12; i++)
        {
            samples.Add(0, 0, new WorkloadTimes(Taking(1), Taking(answer)));
            samples.AddFixed(0, new PhaseTime(machine, 0));
            samples.Complete();
        }

        using NamedEngine cpu = EngineCatalog.Parse("cpu");
        var campaign = new ThroughputCampaign([cpu], SampleModels.Qwen35, [new Workload(4, [0, 2], 512, 8, 8)], 12, Seed: 1);
        return new ThroughputReport(campaign, [engine], samples).ToPart() with { Head = Lines };
    }

    [Fact]
    public async Task Compare_Throughput_FindsWhatIsSlowerAndOnlyThat()
    {
        Part part = await Compare(Saved(Throughput(1)), Saved(Throughput(1.1, engine: "llama:another/folder")));
        Assert.Equal(["PP 8 {0,2} of 4 @512", "TG 8 {0,2} of 4 @512"], Column(part, "check"));
        Assert.Equal(["equivalent", "slower"], Column(part, "verdict"));
        Assert.StartsWith("-9.", Column(part, "change")[1], StringComparison.Ordinal);
        Assert.Equal((Verdict.Dirty, "speed/TG 8 {0,2} of 4 @512"), (part.Verdict, Assert.Single(part.Findings).Fingerprint));
    }

    // Slower by a tenth, and so is work without an engine.
    [Fact]
    public async Task Compare_MachineThatWasSlower_IsNotTheEngine()
    {
        Part part = await Compare(Saved(Throughput(1)), Saved(Throughput(1, machine: 1.1)));
        Assert.Equal(["inconclusive", "inconclusive"], Column(part, "verdict"));
        Assert.Equal(Verdict.Inconclusive, part.Verdict);
    }

    [Fact]
    public async Task Compare_Comparisons_IsByHowMuchBDiffered()
    {
        static Part Compared(double ratio) => new Part("compare", Verdict.Clean, "")
        {
            Head = Lines,
            Content =
            [
                CompareRow.Table(
                [
                    new CompareRow("PPL n_seq 1", "2", "2", "0%", "CLEAN"),
                    new CompareRow("TG 64", "100", "100", "x", "equivalent")
                    {
                        Ratio = new RatioEstimate(ratio, 0.99 * ratio, 1.01 * ratio, 0.004, 16),
                    },
                    new CompareRow("noise floor", "", "", "x", "") { Ratio = new RatioEstimate(1, 1, 1, 0.001, 16) },
                ]),
            ],
        };
        Part part = await Compare(Saved(Compared(1.2)), Saved(Compared(1.26)));
        Assert.Equal(["TG 64"], Column(part, "check"));
        Assert.Equal(["slower"], Column(part, "verdict"));
        Assert.StartsWith("-4.8%", Column(part, "change")[0], StringComparison.Ordinal);
        Assert.Equal(["equivalent"], Column(await Compare(Saved(Compared(1.2)), Saved(Compared(1.203))), "verdict"));
    }

    [Fact]
    public async Task Compare_Perplexities_ByChunk()
    {
        var model = LoadedModel.Load("synth:qwen35:1:small");
        async Task<SavedReport> Run(IEngineFactory engine)
        {
            TextSource source = TextSource.Of(model, path: null, context: 24, chunks: 8);
            return Saved(await new PerplexityCampaign([engine], model, source.Text, source.Name, [1]) { Decodes = false }
                .RunAsync(new NoProgress(), TestContext.Current.CancellationToken));
        }

        using NamedEngine cpu = EngineCatalog.Parse("cpu"), reference = EngineCatalog.Parse("reference");
        SavedReport base1 = await Run(reference);
        Part same = await Compare(base1, await Run(cpu));
        Assert.Contains("PPL prefill n_seq 1", Column(same, "check"));
        Assert.Equal((Verdict.Clean, 0), (same.Verdict, same.Findings.Count));
        Part other = await Compare(base1, await Run(new DeviatingSource("sharper", (_, logits, _) =>
        {
            foreach (ref float logit in logits) logit *= 3;
        })));
        Assert.Equal(Verdict.Dirty, other.Verdict);
        Assert.Contains(other.Findings, finding => finding.Fingerprint == "perplexity/PPL prefill n_seq 1");
    }

    [Theory]
    [InlineData("a3a22f416f05", "0123456789ab", "the models differ: sha256 a3a22f416f05, and here sha256 0123456789ab")]
    [InlineData("\"cores\": ", "\"cores\": 9", "the machines differ: ")]
    [InlineData("\"promptRate\": ", "\"promptRate\": null, \"a\": ", null)]
    [InlineData("\"rounds\": ", "\"rounds\": \"x\", \"a\": ", "no perplexity and no speed in common")]
    [InlineData("\"schema\": 1", "\"schema\": 9", "its schema 9 is unknown")]
    [InlineData("\"environment\"", "\"surroundings\"", "it is no report")]
    public async Task Compare_ReportsThatDoNotFit_SaysWhy(string there, string put, string? expected)
    {
        SavedReport first = Saved(Throughput(1));
        async Task<Part> Changed() => await Compare(first, Saved(Throughput(1), text => text.Replace(there, put, StringComparison.Ordinal)));
        if (expected is null) Assert.Equal(["TG 8 {0,2} of 4 @512"], Column(await Changed(), "check"));
        else Assert.Contains(expected, (await Assert.ThrowsAsync<InputException>(Changed)).Message, StringComparison.Ordinal);
    }
}
