using Gdn.Reference.Batches;
using Gdn.Reference.Engines;

namespace Gdn.Harness.Perplexity;

/// <summary>
/// Runs an engine over a text. As llama-perplexity does it: n_seq chunks at a time, each a sequence of its own, the tokens of a chunk
/// side by side in the batch, and all sequences afresh for the next chunks.
/// </summary>
/// <param name="engine">The engine, made for at least as many sequences as the plan has.</param>
/// <param name="plan">How the text is fed.</param>
/// <param name="text">The text.</param>
/// <param name="others">Who else wants the logits of scored positions.</param>
internal sealed class TextScorer(IModelEngine engine, PassPlan plan, ScoredText text, params IReadOnlyList<IScoredRows> others)
{
    private readonly int _vocabulary = engine.Info.Vocabulary;
    private float[] _logits = [];

    /// <summary>Scores the text.</summary>
    /// <param name="passDone">Called after each group of chunks.</param>
    /// <param name="cancellation">Ends it early; the chunks that were run are returned.</param>
    public TokenScores Run(Action? passDone, CancellationToken cancellation)
    {
        var scores = new TokenScores(text);
        for (int chunk = 0; chunk < text.Chunks && !cancellation.IsCancellationRequested; chunk = scores.Chunks)
        {
            int sequences = Math.Min(plan.Sequences, text.Chunks - chunk);
            for (int start = 0; start < text.Context; start += plan.Piece)
            {
                if (cancellation.IsCancellationRequested) return scores;
                Decode(scores, chunk, sequences, start, Math.Min(text.Context, start + plan.Piece));
            }

            for (int sequence = 0; sequence < sequences; sequence++) engine.Clear(sequence);
            scores.Complete(chunk + sequences);
            passDone?.Invoke();
        }

        return scores;
    }

    private void Decode(TokenScores scores, int chunk, int sequences, int start, int end)
    {
        IEnumerable<BatchToken> tokens =
            from sequence in Enumerable.Range(0, sequences)
            from position in Enumerable.Range(start, end - start)
            select new BatchToken(text.Fed(chunk + sequence, position), sequence, position, text.IsScored(position));
        var batch = new TokenBatch(tokens);
        int length = batch.OutputCount * _vocabulary;
        if (_logits.Length < length) _logits = new float[length];
        Span<float> logits = _logits.AsSpan(0, length);
        // An engine that leaves a row unwritten must not pass for one that wrote the row before.
        logits.Fill(float.NaN);
        engine.Decode(batch, logits);
        foreach (BatchToken token in batch.Tokens)
        {
            if (!token.Output) continue;
            scores.Set(chunk + token.Sequence, token.Position, logits[.._vocabulary]);
            foreach (IScoredRows other in others)
                other.Take(text.IndexOf(chunk + token.Sequence, token.Position), logits[.._vocabulary]);
            logits = logits[_vocabulary..];
        }
    }
}
