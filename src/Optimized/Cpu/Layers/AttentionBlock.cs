using Gdn.Optimized.Batching;
using Gdn.Optimized.Cpu.Kernels;
using Gdn.Optimized.Cpu.Memory;
using Gdn.Optimized.Cpu.Threading;
using Gdn.Reference.Models;

namespace Gdn.Optimized.Cpu.Layers;

/// <summary>A full-attention layer: projections, q and k norm, RoPE, attention over each slot's cache, gate, projection.</summary>
/// <param name="firstPosition">The first position that is attended to; those before it have keys and values of no meaning.</param>
internal sealed class AttentionBlock(
    AttentionConfig config, AttentionWeights<float> weights, float epsilon, KeyValueStore store, int firstPosition = 0) : IBlock
{
    private readonly Projection _query = Projection.Of(weights.Query), _key = Projection.Of(weights.Key);
    private readonly Projection _value = Projection.Of(weights.Value), _output = Projection.Of(weights.Output);

    // A gated projection holds, per head, D query entries and then D gate entries.
    private readonly int _queryStride = config.Gated ? 2 * config.KeyDim : config.KeyDim;

    private int QueryLength => config.Heads * _queryStride;

    private int Sources => config.KeyValueHeads;

    private int OutputLength => config.Heads * config.ValueDim;

    /// <inheritdoc/>
    public void Run(in RunContext run, ReadOnlySpan<float> x, Span<float> y)
    {
        int tokens = run.Layout.TokenCount;
        Span<float> query = run.Scratch.Take(tokens * QueryLength);
        Span<float> output = run.Scratch.Take(tokens * OutputLength);

        _query.Run(x, query, run.Workers);
        for (int t = 0; t < tokens; t++)
        {
            for (int start = t * QueryLength; start < (t + 1) * QueryLength; start += _queryStride)
            {
                Span<float> head = query.Slice(start, config.KeyDim);
                RmsNormKernel.Run(head, weights.QueryNorm, epsilon, head);
                run.Rotary.Apply(head, t);
            }
        }

        Append(run, x);
        run.Workers.Run(tokens * Sources, new Heads(this, run.Layout, query, output));
        if (config.Gated) Gate(query, output);
        _output.Run(output, y, run.Workers);
    }

    /// <summary>Adds the keys and values of all tokens of a run to those of their slots.</summary>
    /// <param name="x">Normalised inputs <c>[n_tokens, E]</c>.</param>
    public void Append(in RunContext run, ReadOnlySpan<float> x)
    {
        int tokens = run.Layout.TokenCount, mark = run.Scratch.Mark;
        Span<float> key = run.Scratch.Take(tokens * store.KeyLength), value = run.Scratch.Take(tokens * store.ValueLength);
        _key.Run(x, key, run.Workers);
        _value.Run(x, value, run.Workers);
        RmsNormKernel.Run(key, weights.KeyNorm, epsilon, key);
        for (int t = 0; t < tokens; t++)
            for (int start = t * store.KeyLength; start < (t + 1) * store.KeyLength; start += config.KeyDim)
                run.Rotary.Apply(key.Slice(start, config.KeyDim), t);
        store.Append(run.Layout, key, value);
        run.Scratch.Release(mark);
    }

    // The query heads of one key-value head, for one token.
    private void RunHeads(RunLayout layout, ReadOnlySpan<float> query, Span<float> output, int token, int source)
    {
        int slot = layout.Sequences[layout.ConvSeqMap[token]].Slot, end = layout.Positions[token] + 1;
        int heads = config.Heads / Sources, outputs = heads * config.ValueDim;
        Span<float> result = output.Slice(token * OutputLength + source * outputs, outputs);
        if (end <= firstPosition)
        {
            result.Clear();
            return;
        }

        AttentionKernel.Run(
            heads, config.KeyDim,
            query.Slice(token * QueryLength + source * heads * _queryStride, heads * _queryStride), _queryStride,
            store.Keys(slot, end)[(firstPosition * store.KeyLength + source * config.KeyDim)..], store.KeyLength,
            store.Values(slot, end)[(firstPosition * store.ValueLength + source * config.ValueDim)..], store.ValueLength,
            end - firstPosition, result);
    }

    private void Gate(ReadOnlySpan<float> query, Span<float> output)
    {
        int dim = config.KeyDim;
        for (int head = 0; head * dim < output.Length; head++)
            Elementwise.TimesSigmoid(output.Slice(head * dim, dim), query.Slice(head * _queryStride + dim, dim));
    }

    private readonly ref struct Heads(
        AttentionBlock block, RunLayout layout, ReadOnlySpan<float> query, Span<float> output) : IWork
    {
        private readonly ReadOnlySpan<float> _query = query;
        private readonly Span<float> _output = output;

        public void Run(int item)
        {
            (int token, int source) = Math.DivRem(item, block.Sources);
            block.RunHeads(layout, _query, _output, token, source);
        }
    }
}
