using Gdn.Optimized.Batching;
using Gdn.Optimized.Cpu.Kernels;
using Gdn.Optimized.State;
using Gdn.Reference.Models;

namespace Gdn.Optimized.Cpu.Layers;

/// <summary>A full-attention layer: projections, q and k norm, RoPE, attention over each slot's cache, gate, projection.</summary>
internal sealed class AttentionBlock(
    AttentionConfig config, AttentionWeights<float> weights, float epsilon, KeyValueStore store) : IBlock
{
    // A gated projection holds, per head, D query entries and then D gate entries.
    private readonly int _queryStride = config.Gated ? 2 * config.KeyDim : config.KeyDim;

    /// <inheritdoc/>
    public void Run(in RunContext run, ReadOnlySpan<float> x, Span<float> y)
    {
        int tokens = run.Layout.TokenCount, perSequence = run.Layout.TokensPerSequence;
        int queryLength = config.Heads * _queryStride, outputLength = config.Heads * config.ValueDim;
        Span<float> query = run.Scratch.Take(tokens * queryLength);
        Span<float> key = run.Scratch.Take(tokens * store.KeyLength);
        Span<float> value = run.Scratch.Take(tokens * store.ValueLength);
        Span<float> output = run.Scratch.Take(tokens * outputLength);

        Linear.Run(weights.Query, x, query);
        Linear.Run(weights.Key, x, key);
        Linear.Run(weights.Value, x, value);
        RmsNorm.Run(key, weights.KeyNorm, epsilon, key);
        for (int t = 0; t < tokens; t++)
        {
            for (int start = t * queryLength; start < (t + 1) * queryLength; start += _queryStride)
            {
                Span<float> head = query.Slice(start, config.KeyDim);
                RmsNorm.Run(head, weights.QueryNorm, epsilon, head);
                run.Rotary.Apply(head, t);
            }

            for (int start = t * store.KeyLength; start < (t + 1) * store.KeyLength; start += config.KeyDim)
                run.Rotary.Apply(key.Slice(start, config.KeyDim), t);
        }

        for (int s = 0; s < run.Layout.SequenceCount; s++)
        {
            RunSequence sequence = run.Layout.Sequences[s];
            int first = s * perSequence, end = sequence.FirstPosition + perSequence;
            Span<float> keys = store.Keys(sequence.Slot, end), values = store.Values(sequence.Slot, end);
            key.Slice(first * store.KeyLength, perSequence * store.KeyLength)
                .CopyTo(keys[(sequence.FirstPosition * store.KeyLength)..]);
            value.Slice(first * store.ValueLength, perSequence * store.ValueLength)
                .CopyTo(values[(sequence.FirstPosition * store.ValueLength)..]);

            Span<float> scores = run.Scratch.Take(end);
            for (int t = 0; t < perSequence; t++)
            {
                int count = sequence.FirstPosition + t + 1;
                Attention.Run(
                    config.Heads, config.KeyValueHeads, config.KeyDim,
                    query.Slice((first + t) * queryLength, queryLength), _queryStride,
                    keys[..(count * store.KeyLength)], values[..(count * store.ValueLength)], scores[..count],
                    output.Slice((first + t) * outputLength, outputLength));
            }
        }

        if (config.Gated) Gate(query, output);
        Linear.Run(weights.Output, output, y);
    }

    private void Gate(ReadOnlySpan<float> query, Span<float> output)
    {
        int dim = config.KeyDim;
        for (int head = 0; head * dim < output.Length; head++)
            Elementwise.TimesSigmoid(output.Slice(head * dim, dim), query.Slice(head * _queryStride + dim, dim));
    }
}
