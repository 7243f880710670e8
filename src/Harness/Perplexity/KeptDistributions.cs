using Gdn.Harness.Metrics;

namespace Gdn.Harness.Perplexity;

/// <summary>The distributions of a run, kept in memory for others to be compared with: of as many chunks as fit.</summary>
/// <param name="text">The text.</param>
/// <param name="vocabulary">Tokens of the vocabulary.</param>
internal sealed class KeptDistributions(ScoredText text, int vocabulary) : IDistributions, IScoredRows
{
    private const long MaxBytes = 1L << 30;

    private readonly float[]?[] _rows = new float[]?[
        Math.Min(text.Chunks, (int)Math.Max(2, MaxBytes / ((long)text.ScoredPerChunk * vocabulary * sizeof(float)))) * text.ScoredPerChunk];

    /// <inheritdoc/>
    public int Chunks => Array.FindIndex(_rows, row => row is null) is >= 0 and var first
        ? first / text.ScoredPerChunk
        : _rows.Length / text.ScoredPerChunk;

    /// <inheritdoc/>
    public int Vocabulary => vocabulary;

    /// <inheritdoc/>
    public double Least => double.NegativeInfinity;

    /// <inheritdoc/>
    public void Take(int index, ReadOnlySpan<float> logits)
    {
        if (index < _rows.Length) _rows[index] = logits.ToArray();
    }

    /// <inheritdoc/>
    public void Read(int index, Span<double> logProbabilities)
    {
        float[] logits = _rows[index]!;
        double sum = LogSoftmax.LogSum(logits);
        for (int id = 0; id < logits.Length; id++) logProbabilities[id] = logits[id] - sum;
    }
}
