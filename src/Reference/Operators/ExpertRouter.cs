using System.Numerics;

namespace Gdn.Reference.Operators;

/// <summary>Which experts a token goes to, and with which weights.</summary>
/// <param name="Experts">Chosen experts, the most probable first; of equals the lower index.</param>
/// <param name="Weights">Their weights.</param>
/// <param name="Margin">
/// How far the last chosen expert's logit lies above the first rejected one's, or by how much logits must change at least
/// before their order does. Where it is of the size of rounding errors, another engine may rightly choose another expert.
/// </param>
public readonly record struct ExpertRouting<T>(int[] Experts, T[] Weights, T Margin);

/// <summary>The router of a mixture of experts.</summary>
public static class ExpertRouter
{
    // The sum is not taken below the smallest normal half: engines that clamp it do so there.
    private const double SmallestSum = 6.103515625e-5;

    /// <summary>
    /// Softmax over all experts, the <paramref name="used"/> best, renormalised by their sum, times a constant.
    /// </summary>
    /// <param name="logits">Router logits <c>[experts]</c>.</param>
    /// <param name="used">How many experts to use.</param>
    /// <param name="scale">Factor on the renormalised weights, 1 for none.</param>
    public static ExpertRouting<T> Route<T>(ReadOnlySpan<T> logits, int used, T scale)
        where T : IFloatingPointIeee754<T>
    {
        T[] scores = logits.ToArray();
        (int[] experts, T margin) = Best(scores, used);
        Activations.Softmax<T>(scores);
        return new ExpertRouting<T>(experts, Renormalise(scores, experts, scale), margin);
    }

    /// <summary>
    /// The <paramref name="used"/> best by sigmoid plus a bias; their weights are the sigmoids without it, renormalised by their
    /// sum, times a constant.
    /// </summary>
    /// <param name="logits">Router logits <c>[experts]</c>.</param>
    /// <param name="bias">What balances the load of the experts: <c>[experts]</c>.</param>
    /// <param name="used">How many experts to use.</param>
    /// <param name="scale">Factor on the renormalised weights, 1 for none.</param>
    public static ExpertRouting<T> RouteBySigmoid<T>(ReadOnlySpan<T> logits, ReadOnlySpan<T> bias, int used, T scale)
        where T : IFloatingPointIeee754<T>
    {
        var scores = new T[logits.Length];
        var biased = new T[logits.Length];
        for (int i = 0; i < scores.Length; i++) biased[i] = (scores[i] = Activations.Sigmoid(logits[i])) + bias[i];
        (int[] experts, T margin) = Best(biased, used);
        // A sigmoid is nowhere steeper than 1/4.
        return new ExpertRouting<T>(experts, Renormalise(scores, experts, scale), margin * T.CreateChecked(4));
    }

    private static (int[] Experts, T Margin) Best<T>(T[] scores, int used) where T : IFloatingPointIeee754<T>
    {
        int[] order = [.. Enumerable.Range(0, scores.Length).OrderByDescending(i => scores[i])];
        return (order[..used], used < order.Length ? scores[order[used - 1]] - scores[order[used]] : T.PositiveInfinity);
    }

    private static T[] Renormalise<T>(T[] scores, int[] experts, T scale) where T : IFloatingPointIeee754<T>
    {
        T sum = T.Max(experts.Aggregate(T.Zero, (total, e) => total + scores[e]), T.CreateChecked(SmallestSum));
        return [.. experts.Select(e => scores[e] / sum * scale)];
    }
}
