using Gdn.Reference;

namespace Gdn.Harness.Perplexity;

/// <summary>
/// A text as llama-perplexity cuts it: chunks of one context each, of which the second half is scored, so that every scored token has
/// at least half a context before it. What does not fill a chunk is left out.
/// </summary>
/// <remarks>Source: llama.cpp and ik_llama.cpp, <c>perplexity()</c>.</remarks>
public sealed class ScoredText
{
    /// <summary>The smallest context that has a token to score.</summary>
    public const int LeastContext = 4;

    private readonly IReadOnlyList<int> _tokens;
    private readonly int? _start;

    /// <summary>Cuts a text.</summary>
    /// <param name="tokens">The whole text; where a vocabulary puts a start token before texts, with it.</param>
    /// <param name="context">Tokens of a chunk, at least <see cref="LeastContext"/>.</param>
    /// <param name="start">The start token, which takes the place of each chunk's first token; null for none.</param>
    /// <param name="chunks">At most so many; null for all.</param>
    /// <exception cref="InputException">The text is shorter than two chunks, as llama-perplexity has it.</exception>
    public ScoredText(IReadOnlyList<int> tokens, int context, int? start = null, int? chunks = null)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(context, LeastContext);
        if (tokens.Count < 2 * context)
            throw new InputException(
                "text", FormattableString.Invariant($"its {tokens.Count} tokens are fewer than two contexts of {context}"),
                "use a longer text, or a smaller --ctx");
        (_tokens, Context, _start) = (tokens, context, start);
        Chunks = Math.Min(chunks ?? int.MaxValue, tokens.Count / context);
    }

    /// <summary>Tokens of a chunk.</summary>
    public int Context { get; }

    /// <summary>Number of chunks.</summary>
    public int Chunks { get; }

    /// <summary>The first position of a chunk whose prediction counts.</summary>
    public int FirstScored => Context / 2;

    /// <summary>Predictions that count, of each chunk. The last position predicts a token of the next one, and does not.</summary>
    public int ScoredPerChunk => Context - 1 - FirstScored;

    /// <summary>Predictions that count, of all chunks.</summary>
    public int Scored => Chunks * ScoredPerChunk;

    /// <summary>The tokens of all chunks, as they stand in the text: without the start tokens that engines are given.</summary>
    public IEnumerable<int> Tokens => _tokens.Take(Chunks * Context);

    /// <summary>The number of a prediction that counts, from 0 on.</summary>
    public int IndexOf(int chunk, int position) => chunk * ScoredPerChunk + position - FirstScored;

    /// <summary>The chunk and the position of such a number.</summary>
    public (int Chunk, int Position) PlaceOf(int index) =>
        (index / ScoredPerChunk, FirstScored + index % ScoredPerChunk);

    /// <summary>The mean over each chunk of something that predictions have.</summary>
    /// <param name="values">Of the predictions of whole chunks, from the first on.</param>
    public double[] MeansByChunk(ReadOnlySpan<double> values)
    {
        var means = new double[values.Length / ScoredPerChunk];
        for (int i = 0; i < means.Length * ScoredPerChunk; i++) means[i / ScoredPerChunk] += values[i] / ScoredPerChunk;
        return means;
    }

    /// <summary>The token that an engine is given.</summary>
    public int Fed(int chunk, int position) => position == 0 && _start is { } start ? start : _tokens[chunk * Context + position];

    /// <summary>The token that a position is to predict.</summary>
    public int Target(int chunk, int position) => _tokens[chunk * Context + position + 1];

    /// <summary>Whether the prediction of a position counts.</summary>
    public bool IsScored(int position) => position >= FirstScored && position < Context - 1;
}
