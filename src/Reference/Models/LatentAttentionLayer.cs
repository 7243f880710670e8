using System.Numerics;
using Gdn.Reference.Operators;
using Gdn.Reference.State;

namespace Gdn.Reference.Models;

/// <summary>
/// A layer of latent attention: the cache holds one latent and the shared entries per token, and each head turns its query into
/// one of latents and what it has read into its output. The same as to restore every head's keys and values, which engines do not.
/// </summary>
public static class LatentAttentionLayer
{
    /// <summary>
    /// Adds the tokens <c>x [T, E]</c>, normalised, to one sequence's cache and attends; returns <c>[T, E]</c>.
    /// </summary>
    public static T[] Run<T>(
        AttentionConfig config, LatentAttentionWeights<T> weights, T epsilon, ReadOnlySpan<T> x, KeyValueCache<T> cache)
        where T : IFloatingPointIeee754<T>
    {
        LatentConfig latent = config.Latent!;
        int embedding = weights.Query.Columns, rank = config.ValueDim;
        var result = new T[x.Length];
        for (int start = 0; start < x.Length; start += embedding)
        {
            ReadOnlySpan<T> input = x.Slice(start, embedding);
            T[] key = Linear.Run(weights.Latent, input);
            RmsNorm.Run<T>(key.AsSpan(0, rank), weights.LatentNorm, epsilon, key.AsSpan(0, rank));
            cache.Append(key, key.AsSpan(0, rank));

            T[] query = OfLatents(config, weights, Linear.Run(weights.Query, input));
            var read = new T[config.Heads * rank];
            Attention.Run(config.Heads, 1, query, cache.Keys, cache.Values, read, latent.QueryDim);
            var output = new T[config.Heads * latent.OutputDim];
            for (int h = 0; h < config.Heads; h++)
                Linear.Run(
                    weights.LatentToValue[h], read.AsSpan(h * rank, rank), output.AsSpan(h * latent.OutputDim, latent.OutputDim));
            Linear.Run(weights.Output, output, result.AsSpan(start, embedding));
        }

        return result;
    }

    // [H, D'] -> [H, R + P]
    private static T[] OfLatents<T>(AttentionConfig config, LatentAttentionWeights<T> weights, ReadOnlySpan<T> projected)
        where T : IFloatingPointIeee754<T>
    {
        LatentConfig latent = config.Latent!;
        var query = new T[config.Heads * config.KeyDim];
        for (int h = 0; h < config.Heads; h++)
        {
            ReadOnlySpan<T> head = projected.Slice(h * latent.QueryDim, latent.QueryDim);
            Span<T> target = query.AsSpan(h * config.KeyDim, config.KeyDim);
            Linear.Run(weights.QueryToLatent[h], head[..latent.OwnDim], target[..config.ValueDim]);
            head[latent.OwnDim..].CopyTo(target[config.ValueDim..]);
        }

        return query;
    }
}
