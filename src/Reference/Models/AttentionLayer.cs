using System.Numerics;
using Gdn.Reference.Operators;
using Gdn.Reference.State;

namespace Gdn.Reference.Models;

/// <summary>A full-attention layer: projections, q and k norm, RoPE, attention, gate, output projection.</summary>
public static class AttentionLayer
{
    /// <summary>
    /// Adds the tokens <c>x [T, E]</c>, normalised, to one sequence's cache and attends; returns <c>[T, E]</c>.
    /// </summary>
    public static T[] Run<T>(
        AttentionConfig config, AttentionWeights<T> weights, T epsilon, int firstPosition, ReadOnlySpan<T> x,
        KeyValueCache<T> cache)
        where T : IFloatingPointIeee754<T>
    {
        int embedding = weights.Query.Columns;
        int tokens = x.Length / embedding;
        var result = new T[x.Length];
        for (int t = 0; t < tokens; t++)
        {
            ReadOnlySpan<T> input = x.Slice(t * embedding, embedding);
            (T[] q, T[] gate) = SplitGate(config, Linear.Run(weights.Query, input));
            T[] k = Linear.Run(weights.Key, input);
            RmsNorm.Run<T>(q, weights.QueryNorm, epsilon, q);
            RmsNorm.Run<T>(k, weights.KeyNorm, epsilon, k);
            Rotate(config.Rope, q, config.KeyDim, firstPosition + t);
            Rotate(config.Rope, k, config.KeyDim, firstPosition + t);
            cache.Append(k, Linear.Run(weights.Value, input));

            var output = new T[config.Heads * config.ValueDim];
            Attention.Run(config.Heads, config.KeyValueHeads, q, cache.Keys, cache.Values, output);
            for (int i = 0; i < gate.Length; i++) output[i] *= Activations.Sigmoid(gate[i]);
            Linear.Run(weights.Output, output, result.AsSpan(t * embedding, embedding));
        }

        return result;
    }

    // A gated projection holds, per head, D query entries and then D gate entries.
    private static (T[] Query, T[] Gate) SplitGate<T>(AttentionConfig config, T[] projected)
    {
        if (!config.Gated) return (projected, []);
        int dim = config.KeyDim;
        T[][] halves = [.. projected.Chunk(dim)];
        return ([.. halves.Where((_, i) => i % 2 == 0).SelectMany(h => h)],
            [.. halves.Where((_, i) => i % 2 == 1).SelectMany(h => h)]);
    }

    private static void Rotate<T>(Rope rope, Span<T> heads, int dim, int position) where T : IFloatingPointIeee754<T>
    {
        for (int start = 0; start < heads.Length; start += dim) rope.Apply(heads.Slice(start, dim), position);
    }
}
