using Gdn.Harness.Metrics;

namespace Gdn.Harness.Perplexity;

/// <summary>
/// How two perplexities of the same text differ. Both have nearly the same error, for the text is the same: of the difference, token
/// by token, it cancels. Tokens of a chunk share its text, so chunks are the independent sample.
/// </summary>
/// <param name="Relative">The first perplexity over the second, less 1: 0.003 is worse by 0.3%.</param>
/// <param name="Low">Lower end of the 95% confidence interval.</param>
/// <param name="High">Its upper end.</param>
public readonly record struct PairedDifference(double Relative, double Low, double High)
{
    /// <summary>The difference of two runs from their mean negative log-likelihoods by chunk.</summary>
    /// <param name="first">In nats per token, one for each of at least two chunks.</param>
    /// <param name="second">Of the same chunks.</param>
    public static PairedDifference Of(ReadOnlySpan<double> first, ReadOnlySpan<double> second)
    {
        if (first.Length != second.Length || first.Length < 2)
            throw new ArgumentException($"{first.Length} and {second.Length} chunks make no pairs.");
        var mean = MeanInterval.Of([.. first.ToArray().Zip(second.ToArray(), (one, other) => one - other)]);
        return new PairedDifference(Math.Exp(mean.Mean) - 1, Math.Exp(mean.Low) - 1, Math.Exp(mean.High) - 1);
    }

    /// <summary>Whether the whole interval lies further from 0 than the margin.</summary>
    public bool Exceeds(double margin) => Low > margin || High < -margin;

    /// <summary>Whether the whole interval lies within the margin.</summary>
    public bool IsWithin(double margin) => Low >= -margin && High <= margin;
}
