using Gdn.Harness.Perplexity;
using Gdn.Reference.Batches;
using Gdn.Reference.Engines;
using Xunit;

namespace Gdn.Properties.Harness.Perplexity;

/// <summary>What an engine is asked for a text, and what is made of its answers.</summary>
public sealed class TextScorerTests
{
    private const int Vocabulary = 7;

    private static readonly ScoredText Text = new([.. Enumerable.Range(0, 40).Select(i => i * i % Vocabulary)], 8);

    /// <summary>Gives the token after the one fed, by number, a logit of 2, and records what it is asked.</summary>
    private sealed class NextNumberEngine : IModelEngine
    {
        public List<BatchToken[]> Batches { get; } = [];

        public List<int> Cleared { get; } = [];

        public EngineInfo Info { get; } = new("next number", Vocabulary);

        public void Decode(TokenBatch batch, Span<float> logits)
        {
            Batches.Add(batch.Tokens.ToArray());
            logits.Clear();
            int row = 0;
            foreach (BatchToken token in batch.Tokens)
                if (token.Output) logits[row++ * Vocabulary + (token.Token + 1) % Vocabulary] = 2;
        }

        public int NextPosition(int sequence) => 0;

        public void Clear(int sequence) => Cleared.Add(sequence);

        public void Dispose()
        {
        }
    }

    [Theory]
    [InlineData(1, 8)]
    [InlineData(2, 8)]
    [InlineData(3, 3)]
    [InlineData(5, 1)]
    public void Run_AnyPlan_ScoresEachPredictionOfTheSecondHalves(int sequences, int piece)
    {
        using var engine = new NextNumberEngine();
        TokenScores scores = new TextScorer(engine, new PassPlan(sequences, piece, "any"), Text).Run(null, CancellationToken.None);

        Assert.Equal(Text.Chunks, scores.Chunks);
        Assert.Equal(Text.Chunks * 3, scores.Surprises.Length);
        double hit = Math.Log(Math.Exp(2) + Vocabulary - 1) - 2;
        for (int i = 0; i < scores.Surprises.Length; i++)
        {
            (int chunk, int position) = (i / 3, 4 + i % 3);
            bool isNext = Text.Target(chunk, position) == (Text.Fed(chunk, position) + 1) % Vocabulary;
            Assert.Equal(isNext ? hit : hit + 2, scores.Surprises[i], 10);
            Assert.Equal((Text.Fed(chunk, position) + 1) % Vocabulary, scores.Tops[i]);
        }

        Assert.Equal(40, engine.Batches.Sum(batch => batch.Length));
        Assert.All(engine.Batches, batch => Assert.True(batch.Length <= sequences * piece));
        Assert.Equal(Text.Chunks, engine.Cleared.Count);
    }

    // Chunk 1 is sequence 1, and its tokens lie side by side behind those of chunk 0.
    [Fact]
    public void Run_TwoSequences_AsLlamaPerplexityFeedsThem()
    {
        using var engine = new NextNumberEngine();
        new TextScorer(engine, PassPlan.Prefill(2, 8), Text).Run(null, CancellationToken.None);
        Assert.Equal(3, engine.Batches.Count);
        BatchToken[] first = engine.Batches[0];
        Assert.Equal([0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 1, 1, 1, 1], first.Select(token => token.Sequence));
        Assert.Equal([0, 1, 2, 3, 4, 5, 6, 7, 0, 1, 2, 3, 4, 5, 6, 7], first.Select(token => token.Position));
        Assert.Equal(6, first.Count(token => token.Output));
        Assert.Equal(8, engine.Batches[2].Length);
    }

    [Fact]
    public void Run_Cancelled_KeepsWhatWasScored()
    {
        using var engine = new NextNumberEngine();
        using var cancellation = new CancellationTokenSource();
        TokenScores scores = new TextScorer(engine, PassPlan.Prefill(2, 8), Text).Run(cancellation.Cancel, cancellation.Token);
        Assert.Equal(2, scores.Chunks);
    }
}
