namespace Gdn.Harness.Server.Generation;

/// <summary>
/// Noise such as another order of summation makes: benign. It depends on what else is in the pass, as on hardware whose
/// kernels sum in an order that follows the batch, and is the same again for the same pass. States stay as they are, so
/// that it flips near-ties and does nothing else.
/// </summary>
/// <param name="size">Standard deviation, as a fraction of the row's root mean square.</param>
internal sealed class LogitJitter(double size)
{
    /// <summary>Adds noise to a row of logits.</summary>
    /// <param name="logits">The row <c>[V]</c>.</param>
    /// <param name="passTokens">Tokens in the pass.</param>
    /// <param name="row">Which of the pass's rows it is.</param>
    /// <param name="position">Position of its token in the sequence.</param>
    public void Add(Span<float> logits, int passTokens, int row, int position)
    {
        if (size == 0) return;
        double square = 0;
        foreach (float logit in logits) square += (double)logit * logit;
        double scale = size * Math.Sqrt(square / logits.Length);
        var random = new SeededRandom(
            SeededRandom.Derive(SeededRandom.Derive((ulong)passTokens, (ulong)row), (ulong)position));
        foreach (ref float logit in logits) logit += (float)(scale * random.NextGaussian());
    }
}
