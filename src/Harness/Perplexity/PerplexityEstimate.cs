namespace Gdn.Harness.Perplexity;

/// <summary>Perplexity as llama-perplexity states it.</summary>
/// <param name="Value">e to the mean negative log-likelihood of the scored tokens.</param>
/// <param name="Error">Its standard error, as if tokens were independent.</param>
/// <param name="Tokens">Scored tokens.</param>
public readonly record struct PerplexityEstimate(double Value, double Error, int Tokens)
{
    /// <summary>The estimate from the negative log-likelihoods, in nats, of at least two tokens.</summary>
    public static PerplexityEstimate Of(ReadOnlySpan<double> surprises)
    {
        double sum = 0, squares = 0;
        foreach (double surprise in surprises)
        {
            sum += surprise;
            squares += surprise * surprise;
        }

        double mean = sum / surprises.Length, value = Math.Exp(mean);
        double variance = Math.Max(0, squares / surprises.Length - mean * mean);
        return new PerplexityEstimate(value, value * Math.Sqrt(variance / (surprises.Length - 1)), surprises.Length);
    }
}
