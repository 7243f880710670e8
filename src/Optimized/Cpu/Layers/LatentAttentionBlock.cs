using Gdn.Optimized.Batching;
using Gdn.Optimized.Cpu.Kernels;
using Gdn.Optimized.Cpu.Memory;
using Gdn.Optimized.Cpu.Threading;
using Gdn.Reference.Models;

namespace Gdn.Optimized.Cpu.Layers;

/// <summary>
/// A layer of latent attention: each head's query is turned into one of latents, all heads attend over the one cached vector per
/// token of each slot, and what a head has read is turned into its output.
/// </summary>
internal sealed class LatentAttentionBlock(
    AttentionConfig config, LatentAttentionWeights<float> weights, float epsilon, KeyValueStore store) : IBlock
{
    private readonly LatentConfig _latent = config.Latent!;
    private readonly Projection _query = Projection.Of(weights.Query), _key = Projection.Of(weights.Latent);
    private readonly Projection _output = Projection.Of(weights.Output);
    private readonly Projection[] _toLatent = [.. weights.QueryToLatent.Select(Projection.Of)];
    private readonly Projection[] _toValue = [.. weights.LatentToValue.Select(Projection.Of)];

    private int Rank => config.ValueDim;

    /// <inheritdoc/>
    public void Run(in RunContext run, ReadOnlySpan<float> x, Span<float> y)
    {
        int tokens = run.Layout.TokenCount, heads = config.Heads;
        Span<float> key = run.Scratch.Take(tokens * config.KeyDim), value = run.Scratch.Take(tokens * Rank);
        Span<float> projected = run.Scratch.Take(tokens * heads * _latent.QueryDim);
        Span<float> query = run.Scratch.Take(tokens * heads * config.KeyDim);
        Span<float> read = run.Scratch.Take(tokens * heads * Rank);
        Span<float> output = run.Scratch.Take(tokens * heads * _latent.OutputDim);

        _key.Run(x, key, run.Workers);
        for (int t = 0; t < tokens; t++)
        {
            Span<float> latent = key.Slice(t * config.KeyDim, Rank);
            RmsNormKernel.Run(latent, weights.LatentNorm, epsilon, latent);
            latent.CopyTo(value[(t * Rank)..]);
        }

        store.Append(run.Layout, key, value);
        _query.Run(x, projected, run.Workers);
        ProjectHeads(run, _toLatent, projected, _latent.QueryDim, query, config.KeyDim);
        for (int head = 0; head < tokens * heads; head++)
            projected.Slice(head * _latent.QueryDim + _latent.OwnDim, _latent.SharedDim)
                .CopyTo(query[(head * config.KeyDim + Rank)..]);

        run.Workers.Run(tokens, new Tokens(this, run.Layout, query, read));
        ProjectHeads(run, _toValue, read, Rank, output, _latent.OutputDim);
        _output.Run(output, y, run.Workers);
    }

    // Each head's own projection of all tokens: from the first entries of x [T, H, stride] to those of y [T, H, stride].
    private static void ProjectHeads(
        in RunContext run, Projection[] projections, ReadOnlySpan<float> x, int xStride, Span<float> y, int yStride)
    {
        int tokens = run.Layout.TokenCount, heads = projections.Length, mark = run.Scratch.Mark;
        int inputs = projections[0].Columns, outputs = projections[0].Rows;
        Span<float> from = run.Scratch.Take(tokens * inputs), to = run.Scratch.Take(tokens * outputs);
        for (int h = 0; h < heads; h++)
        {
            for (int t = 0; t < tokens; t++) x.Slice((t * heads + h) * xStride, inputs).CopyTo(from[(t * inputs)..]);
            projections[h].Run(from, to, run.Workers);
            for (int t = 0; t < tokens; t++) to.Slice(t * outputs, outputs).CopyTo(y[((t * heads + h) * yStride)..]);
        }

        run.Scratch.Release(mark);
    }

    // All heads of one token.
    private void RunToken(RunLayout layout, ReadOnlySpan<float> query, Span<float> read, int token)
    {
        int slot = layout.Sequences[layout.ConvSeqMap[token]].Slot, count = layout.Positions[token] + 1;
        int queryLength = config.Heads * config.KeyDim, readLength = config.Heads * Rank;
        AttentionKernel.Run(
            config.Heads, config.KeyDim, query.Slice(token * queryLength, queryLength), config.KeyDim, store.Keys(slot, count),
            config.KeyDim, store.Values(slot, count), Rank, count, read.Slice(token * readLength, readLength), _latent.QueryDim);
    }

    private readonly ref struct Tokens(
        LatentAttentionBlock block, RunLayout layout, ReadOnlySpan<float> query, Span<float> read) : IWork
    {
        private readonly ReadOnlySpan<float> _query = query;
        private readonly Span<float> _read = read;

        public void Run(int token) => block.RunToken(layout, _query, _read, token);
    }
}
