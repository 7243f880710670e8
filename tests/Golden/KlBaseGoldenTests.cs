using Gdn.Harness.Engines;
using Gdn.Harness.Models;
using Gdn.Harness.Perplexity;
using Gdn.Reference.Engines;
using Xunit;

namespace Gdn.Golden;

/// <summary>Base files of llama-perplexity, and what it makes of them: the same must come out here.</summary>
public sealed class KlBaseGoldenTests
{
    // What the program prints for gdn-tiny against the base of gdn-tiny-scaled, to the digits that it prints.
    private const double MeanDivergence = 0.00467, LogRatio = 0.00547, MoveRms = 0.03129, SameTop = 0.90476, Digits = 1e-5;

    private static readonly LoadedModel Model = LoadedModel.Load(ShippedModel.Name);

    private static KlBaseFile Open(string name) => KlBaseFile.Open(Path.Combine(GoldenVectors.Folder, name));

    private static void Score(ScoredText text, IScoredRows rows)
    {
        using NamedEngine source = EngineCatalog.Parse("reference");
        using IModelEngine engine = source.Create(Model.Options(1, planes: 1));
        new TextScorer(engine, PassPlan.Prefill(1, text.Context), text, rows).Run(null, TestContext.Current.CancellationToken);
    }

    private static DivergenceSummary Compare(string name)
    {
        using KlBaseFile file = Open(name);
        ScoredText text = TextSource.Of(Model, file, file.Chunks).Text;
        var meter = new DivergenceMeter(text, file);
        Score(text, meter);
        return meter.Summarize(text.Chunks)!;
    }

    [Fact]
    public void Divergence_FromAnotherModel_IsWhatLlamaPerplexityPrints()
    {
        DivergenceSummary summary = Compare("gdn-tiny-scaled.kl-base");
        Assert.Equal(21, summary.Tokens);
        Assert.Equal(MeanDivergence, summary.Mean.Mean, Digits);
        Assert.Equal(SameTop, summary.SameTop.Mean, Digits);
        Assert.Equal(MoveRms, summary.MoveRms, Digits);
        Assert.Equal(LogRatio, Math.Log(1 + summary.Difference.Relative), Digits);
    }

    // 16 bits are what keeps it from being 0.
    [Fact]
    public void Divergence_FromItself_IsThatOfRounding()
    {
        DivergenceSummary summary = Compare("gdn-tiny.kl-base");
        Assert.InRange(summary.Largest, 0, 1e-3);
        Assert.InRange(summary.Mean.Mean, -1e-5, 1e-5);
        Assert.Equal(1, summary.SameTop.Mean, 12);
    }

    [Fact]
    public void Writer_SameModelAndText_IsTheFileOfLlamaPerplexity()
    {
        using KlBaseFile expected = Open("gdn-tiny.kl-base");
        ScoredText text = TextSource.Of(Model, expected, expected.Chunks).Text;
        string path = Path.Combine(Path.GetTempPath(), $"{Guid.NewGuid():N}.kl-base");
        try
        {
            using (FileStream stream = File.Create(path))
            {
                var writer = new KlBaseWriter(stream, text, Model.Config.Vocabulary);
                writer.WriteHead();
                Score(text, writer);
                writer.Complete();
            }

            using KlBaseFile actual = KlBaseFile.Open(path);
            Assert.Equal((expected.Context, expected.Vocabulary, expected.Chunks), (actual.Context, actual.Vocabulary, actual.Chunks));
            Assert.Equal(expected.Tokens, actual.Tokens);
            double[] one = new double[expected.Vocabulary], other = new double[expected.Vocabulary];
            for (int index = 0; index < text.Scored; index++)
            {
                expected.Read(index, one);
                actual.Read(index, other);
                // The program cuts off 16 nats below the likeliest token, ours 24.
                double cut = one.Min();
                for (int id = 0; id < one.Length; id++) Assert.Equal(one[id], Math.Max(cut, other[id]), ModelGolden.Tolerance);
            }
        }
        finally
        {
            File.Delete(path);
        }
    }
}
