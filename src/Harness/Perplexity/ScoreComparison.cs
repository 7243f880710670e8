namespace Gdn.Harness.Perplexity;

/// <summary>A scored token whose log-probability differs.</summary>
/// <param name="Chunk">The chunk.</param>
/// <param name="Position">Position in the chunk of the token that predicts it.</param>
/// <param name="Expected">Log-probability in the run that it is compared with, in nats.</param>
/// <param name="Actual">Log-probability in this one.</param>
public readonly record struct MovedToken(int Chunk, int Position, double Expected, double Actual)
{
    /// <summary>By how much, in nats; infinite where one is no number.</summary>
    public double Size => Math.Abs(Actual - Expected) is var size && double.IsNaN(size) ? double.PositiveInfinity : size;
}

/// <summary>Two runs over the same text, token by token.</summary>
/// <param name="expected">The run that the other is compared with.</param>
/// <param name="actual">The other.</param>
public sealed class ScoreComparison(TokenScores expected, TokenScores actual)
{
    /// <summary>Chunks that both have.</summary>
    public int Chunks { get; } = Math.Min(expected.Chunks, actual.Chunks);

    /// <summary>Scored tokens that both have.</summary>
    public int Tokens => Chunks * expected.Text.ScoredPerChunk;

    /// <summary>Whether all logits are the same, bit for bit.</summary>
    public bool IsSameBits => OtherBits.Count == 0;

    /// <summary>Tokens that were predicted with other bits, in order.</summary>
    public IReadOnlyList<MovedToken> OtherBits { get; } = [.. Enumerable
        .Range(0, Math.Min(expected.Chunks, actual.Chunks) * expected.Text.ScoredPerChunk)
        .Where(index => !actual.HasSameBits(expected, index))
        .Select(index => At(expected, actual, index))];

    /// <summary>The largest move of a log-probability, in nats.</summary>
    public double LargestMove => Enumerable.Range(0, Tokens).Select(At).Select(token => token.Size).DefaultIfEmpty(0).Max();

    /// <summary>Part of the scored places with the same likeliest token.</summary>
    public double SameTop => Tokens == 0
        ? 1
        : Enumerable.Range(0, Tokens).Count(index => actual.Tops[index] == expected.Tops[index]) / (double)Tokens;

    /// <summary>How the perplexities differ.</summary>
    public PairedDifference Difference => PairedDifference.Of(ByChunk(actual), ByChunk(expected));

    /// <summary>Tokens that moved further than so many nats, in order.</summary>
    public IReadOnlyList<MovedToken> MovedBeyond(double nats) =>
        [.. Enumerable.Range(0, Tokens).Select(At).Where(token => token.Size > nats)];

    private MovedToken At(int index) => At(expected, actual, index);

    private static MovedToken At(TokenScores expected, TokenScores actual, int index)
    {
        (int chunk, int position) = expected.Text.PlaceOf(index);
        return new MovedToken(chunk, position, -expected.Surprises[index], -actual.Surprises[index]);
    }

    private double[] ByChunk(TokenScores scores) => scores.Text.MeansByChunk(scores.Surprises[..Tokens]);
}
