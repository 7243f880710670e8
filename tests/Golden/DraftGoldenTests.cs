using Gdn.Harness.Engines;
using Gdn.Harness.Models;
using Gdn.Reference.Batches;
using Gdn.Reference.Engines;
using Xunit;

namespace Gdn.Golden;

/// <summary>The draft layer of the shipped model: what our engines draft is what PyTorch drafted after training.</summary>
public sealed class DraftGoldenTests(ITestOutputHelper output)
{
    // Their rounding differs, so that drafts whose two best are this close may differ.
    private const float TieGap = 1e-3f;

    // models/gdn-tiny/README.md.
    private const int StatedDrafts = 4105;
    private const double StatedAcceptance = 0.99099;

    private static readonly Lazy<IReadOnlyList<(int Token, float Gap)[]>> OfCpu = new(() => Drafts("cpu", prompts: 64));

    [Fact]
    public void Cpu_Drafts_SameTokensAsTraining() => AssertSame(OfCpu.Value);

    [Fact]
    public void Reference_Drafts_SameTokensAsTraining() => AssertSame(Drafts("reference", prompts: 4));

    [Fact]
    public void Cpu_OneDraftAtATime_AcceptanceAsStated()
    {
        int accepted = 0, drafted = 0;
        foreach ((GoldenCase golden, (int Token, float Gap)[] gapped) in GreedyGolden.Vectors.Cases.Zip(OfCpu.Value))
        {
            int[] drafts = [.. gapped.Select(draft => draft.Token)], generated = golden.Ints("generated");
            for (int i = 0; i < drafts.Length;)
            {
                bool hit = drafts[i] == generated[i + 1];
                drafted++;
                if (hit) accepted++;
                // After an accepted draft the next one is made for the token two further on.
                i += hit ? 2 : 1;
            }
        }

        output.WriteLine($"{accepted} of {drafted} drafts accepted");
        Assert.Equal(StatedDrafts, drafted);
        Assert.Equal(StatedAcceptance, (double)accepted / drafted, 5);
    }

    private void AssertSame(IReadOnlyList<(int Token, float Gap)[]> drafts)
    {
        int ties = 0, compared = 0;
        foreach ((GoldenCase golden, (int Token, float Gap)[] actual) in GreedyGolden.Vectors.Cases.Zip(drafts))
        {
            int[] expected = golden.Ints("trained_drafts");
            foreach ((int i, (int token, float gap)) in actual.Index())
            {
                compared++;
                if (token == expected[i]) continue;
                Assert.True(gap < TieGap, $"{golden} draft {i}: expected {expected[i]} actual {token}, second best {gap} behind");
                ties++;
            }
        }

        output.WriteLine($"{compared} drafts, {ties} near-ties");
        Assert.True(compared > 100 * drafts.Count, $"only {compared} drafts");
    }

    private static IReadOnlyList<(int Token, float Gap)[]> Drafts(string engine, int prompts) =>
        [.. GreedyGolden.Vectors.Cases.Take(prompts).AsParallel().AsOrdered().Select(golden => Drafts(engine, golden).ToArray())];

    // What is drafted after each generated token but the last, before the next is known, and how far the second best is behind.
    private static IEnumerable<(int Token, float Gap)> Drafts(string engineName, GoldenCase golden)
    {
        LoadedModel model = GreedyGolden.Model;
        using var engine = (IDraftingEngine)EngineCatalog.Parse(engineName).Create(model.Options(1, 1) with { Drafts = true });
        int[] prompt = golden.Ints("prompt"), generated = golden.Ints("generated");
        foreach (int[] part in prompt.Chunk(LoadedModel.MaxBatchTokens)) Decode(part);
        var logits = new float[model.Config.Vocabulary];
        for (int i = 0; i < generated.Length - 1; i++)
        {
            engine.Draft([new DraftToken(0, generated[i])], logits);
            float[] best = [.. logits.OrderDescending().Take(2)];
            yield return (Array.IndexOf(logits, best[0]), best[0] - best[1]);
            Decode([generated[i]]);
        }

        void Decode(int[] tokens)
        {
            int first = engine.NextPosition(0);
            engine.Decode(new TokenBatch(tokens.Select((token, i) => new BatchToken(token, 0, first + i, Output: false))), []);
        }
    }
}
