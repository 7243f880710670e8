using System.Numerics;
using Gdn.Reference.State;

namespace Gdn.Reference.Models;

/// <summary>A full-attention layer of either kind.</summary>
public static class FullAttentionLayer
{
    /// <summary>
    /// Adds the tokens <c>x [T, E]</c>, normalised, to one sequence's cache and attends; returns <c>[T, E]</c>.
    /// </summary>
    public static T[] Run<T>(
        AttentionConfig config, MixerWeights<T> weights, T epsilon, int firstPosition, ReadOnlySpan<T> x, KeyValueCache<T> cache)
        where T : IFloatingPointIeee754<T> => weights switch
        {
            AttentionWeights<T> plain => AttentionLayer.Run(config, plain, epsilon, firstPosition, x, cache),
            LatentAttentionWeights<T> latent => LatentAttentionLayer.Run(config, latent, epsilon, x, cache),
            _ => throw new InvalidOperationException($"Unknown mixer {weights.GetType()}."),
        };
}
