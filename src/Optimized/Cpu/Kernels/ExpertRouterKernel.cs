namespace Gdn.Optimized.Cpu.Kernels;

/// <summary>The router of a mixture of experts.</summary>
public static class ExpertRouterKernel
{
    // Engines that clamp the sum of the chosen probabilities do so at the smallest normal half.
    private const float SmallestSum = 6.103515625e-5f;

    /// <summary>
    /// Softmax over all experts, the best of them renormalised by their sum, times a constant. The most probable expert
    /// comes first; of equals the lower index.
    /// </summary>
    /// <param name="probabilities">Router logits of one token <c>[experts]</c>, replaced by their softmax.</param>
    /// <param name="scale">Factor on the renormalised weights, 1 for none.</param>
    /// <param name="experts">Receives the chosen experts, as many as it is long.</param>
    /// <param name="weights">Receives their weights; as long.</param>
    public static void Route(Span<float> probabilities, float scale, Span<int> experts, Span<float> weights)
    {
        // Chosen by logit: the softmax may round different logits to equal probabilities.
        Choose(probabilities, [], experts);
        AttentionKernel.Softmax(probabilities);
        Renormalise(probabilities, scale, experts, weights);
    }

    /// <summary>
    /// The best by sigmoid plus a bias; their weights are the sigmoids without it, renormalised by their sum, times a constant.
    /// </summary>
    /// <param name="probabilities">Router logits of one token <c>[experts]</c>, replaced by their sigmoids.</param>
    /// <param name="bias"><c>[experts]</c>.</param>
    /// <param name="scale">Factor on the renormalised weights, 1 for none.</param>
    /// <param name="experts">Receives the chosen experts, as many as it is long.</param>
    /// <param name="weights">Receives their weights; as long.</param>
    public static void RouteBySigmoid(
        Span<float> probabilities, ReadOnlySpan<float> bias, float scale, Span<int> experts, Span<float> weights)
    {
        foreach (ref float entry in probabilities) entry = VectorMath.Sigmoid(entry);
        Choose(probabilities, bias, experts);
        Renormalise(probabilities, scale, experts, weights);
    }

    private static void Choose(ReadOnlySpan<float> scores, ReadOnlySpan<float> bias, Span<int> experts)
    {
        for (int n = 0; n < experts.Length; n++)
        {
            int best = -1;
            float highest = 0;
            for (int e = 0; e < scores.Length; e++)
            {
                float score = bias.IsEmpty ? scores[e] : scores[e] + bias[e];
                if (!experts[..n].Contains(e) && (best < 0 || score > highest)) (best, highest) = (e, score);
            }

            experts[n] = best;
        }
    }

    private static void Renormalise(ReadOnlySpan<float> probabilities, float scale, ReadOnlySpan<int> experts, Span<float> weights)
    {
        float sum = 0;
        foreach (int e in experts) sum += probabilities[e];
        float factor = scale / MathF.Max(sum, SmallestSum);
        for (int n = 0; n < experts.Length; n++) weights[n] = probabilities[experts[n]] * factor;
    }
}
