using System.Numerics;

namespace Gdn.Reference.Operators;

/// <summary>Which experts a token goes to, and with which weights.</summary>
/// <param name="Experts">Chosen experts, the most probable first; of equals the lower index.</param>
/// <param name="Weights">Their weights.</param>
/// <param name="Margin">
/// How far the last chosen expert's logit lies above the first rejected one's. Where it is of the size of rounding
/// errors, another engine may rightly choose another expert.
/// </param>
public readonly record struct ExpertRouting<T>(int[] Experts, T[] Weights, T Margin);

/// <summary>The router of a mixture of experts.</summary>
public static class ExpertRouter
{
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
        int[] order = [.. Enumerable.Range(0, scores.Length).OrderByDescending(i => scores[i])];
        T margin = used < order.Length ? scores[order[used - 1]] - scores[order[used]] : T.PositiveInfinity;

        Activations.Softmax<T>(scores);
        int[] experts = order[..used];
        // The floor is the smallest normal half: engines that clamp the sum do so there.
        T sum = T.Max(experts.Aggregate(T.Zero, (total, e) => total + scores[e]), T.CreateChecked(6.103515625e-5));
        return new ExpertRouting<T>(experts, [.. experts.Select(e => scores[e] / sum * scale)], margin);
    }
}
