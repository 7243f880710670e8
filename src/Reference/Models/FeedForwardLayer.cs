using System.Numerics;
using Gdn.Reference.Operators;

namespace Gdn.Reference.Models;

/// <summary>A layer's feed-forward block, dense or a mixture of experts, for one token.</summary>
public static class FeedForwardLayer
{
    /// <summary>Runs one token.</summary>
    /// <param name="x"><c>[E]</c>, normalised.</param>
    /// <param name="margin">The routing margin (<see cref="ExpertRouting{T}"/>); infinite for a dense block.</param>
    /// <returns><c>[E]</c>.</returns>
    public static T[] Run<T>(ExpertConfig? config, FeedForwardWeights<T> weights, ReadOnlySpan<T> x, out T margin)
        where T : IFloatingPointIeee754<T>
    {
        margin = T.PositiveInfinity;
        if (weights is DenseWeights<T> dense) return RunDense(dense, x);

        var moe = (ExpertWeights<T>)weights;
        T[] logits = Linear.Run(moe.Router, x);
        T scale = T.CreateChecked(config!.WeightScale);
        ExpertRouting<T> routing = config.BySigmoid
            ? ExpertRouter.RouteBySigmoid<T>(logits, moe.SelectionBias, config.Used, scale)
            : ExpertRouter.Route<T>(logits, config.Used, scale);
        margin = routing.Margin;

        var result = new T[x.Length];
        for (int n = 0; n < routing.Experts.Length; n++)
            AddScaled(result, RunDense(moe.Experts[routing.Experts[n]], x), routing.Weights[n]);
        if (moe.Shared is not null)
            AddScaled(
                result, RunDense(moe.Shared, x),
                moe.SharedGate is { } gate ? Activations.Sigmoid(Linear.Run(gate, x)[0]) : T.One);
        return result;
    }

    private static T[] RunDense<T>(DenseWeights<T> weights, ReadOnlySpan<T> x) where T : IFloatingPointIeee754<T> =>
        FeedForward.Run(weights.Gate, weights.Up, weights.Down, x);

    private static void AddScaled<T>(T[] sum, T[] x, T factor) where T : IFloatingPointIeee754<T>
    {
        for (int i = 0; i < sum.Length; i++) sum[i] += factor * x[i];
    }
}
