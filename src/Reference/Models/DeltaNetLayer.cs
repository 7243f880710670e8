using System.Numerics;
using Gdn.Reference.Operators;
using Gdn.Reference.State;

namespace Gdn.Reference.Models;

/// <summary>A linear layer: projections, conv, gates, delta rule, gated norm, output projection.</summary>
internal static class DeltaNetLayer
{
    /// <summary>Carries one sequence's state over the tokens <c>x [T, E]</c>, normalised; returns <c>[T, E]</c>.</summary>
    public static T[] Run<T>(
        DeltaNetConfig config, DeltaNetWeights<T> weights, T epsilon, ReadOnlySpan<T> x, RecurrentState<T> state)
        where T : IFloatingPointIeee754<T>
    {
        int tokens = x.Length / weights.QueryKeyValue.Columns;
        T[] qkv = Linear.Run(weights.QueryKeyValue, x);
        T[] z = Linear.Run(weights.OutputGate, weights.OutputGateReduction, x);
        T[] beta = Linear.Run(weights.Beta, x);
        T[] g = Linear.Run(weights.Alpha, weights.AlphaReduction, x);
        foreach (ref T entry in beta.AsSpan()) entry = Gates.Beta(entry);
        Gates.LogDecay<T>(g, weights.NegativeA, weights.TimeStepBias);

        var mixed = new T[qkv.Length];
        CausalConv.Run(config.ConvChannels, qkv, weights.Conv, state.Conv, mixed, state.ConvPlanes);
        Activations.SiLU<T>(mixed);

        T[] q = Columns<T>(mixed, config.ConvChannels, 0, config.KeyLength);
        T[] k = Columns<T>(mixed, config.ConvChannels, config.KeyLength, config.KeyLength);
        T[] v = Columns<T>(mixed, config.ConvChannels, 2 * config.KeyLength, config.ValueLength);
        L2Norm.Run(q, config.HeadDim, epsilon);
        L2Norm.Run(k, config.HeadDim, epsilon);

        var output = new T[v.Length];
        DeltaRule.Run<T>(config.Rule(tokens), config.HeadMap, q, k, v, g, beta, state.Delta, output, state.DeltaPlanes);

        RmsNorm.RunGated(output, z, weights.Norm, epsilon, config.OutputGate);
        return Linear.Run<T>(weights.Output, output);
    }

    // Columns [first, first + count) of the rows of source [T, width].
    private static T[] Columns<T>(ReadOnlySpan<T> source, int width, int first, int count)
    {
        int rows = source.Length / width;
        var result = new T[rows * count];
        for (int r = 0; r < rows; r++) source.Slice(r * width + first, count).CopyTo(result.AsSpan(r * count));
        return result;
    }
}
