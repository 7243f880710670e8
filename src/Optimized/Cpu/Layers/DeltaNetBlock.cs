using Gdn.Optimized.Cpu.Kernels;
using Gdn.Optimized.Cpu.Memory;
using Gdn.Reference.Models;

namespace Gdn.Optimized.Cpu.Layers;

/// <summary>A linear layer: projections, gates, conv and delta scan on each share's heads, gated norm, projection.</summary>
internal sealed class DeltaNetBlock : IBlock
{
    private readonly DeltaNetConfig _config;
    private readonly DeltaNetWeights<float> _weights;
    private readonly HostLinearLayers _layers;
    private readonly HeadShare[] _shares;
    private readonly DeltaNetHeads[] _heads;
    private readonly DeltaNetProjections _projections;

    /// <summary>Makes the block.</summary>
    /// <param name="config">Sizes.</param>
    /// <param name="weights">Weights.</param>
    /// <param name="epsilon">Of the norms.</param>
    /// <param name="index">Which linear layer.</param>
    /// <param name="layers">Knows where the states of a pass are.</param>
    /// <param name="shares">Which heads each share owns.</param>
    public DeltaNetBlock(
        DeltaNetConfig config, DeltaNetWeights<float> weights, float epsilon, int index, HostLinearLayers layers,
        HeadShare[] shares)
    {
        _config = config;
        _weights = weights;
        _layers = layers;
        _shares = shares;
        float[] taps = DeltaNetProjections.Taps(config, weights);
        _heads = [.. shares.Select((share, number) =>
        {
            var own = new float[config.ConvWidth * share.Config.ConvChannels];
            share.TakeChannels(taps, own);
            return new DeltaNetHeads(share.Config, own, epsilon, index, number, layers.Scan);
        })];
        _projections = new DeltaNetProjections(config, weights, epsilon);
    }

    /// <inheritdoc/>
    public void Run(in RunContext run, ReadOnlySpan<float> x, Span<float> y)
    {
        int tokens = run.Layout.TokenCount;
        Span<float> qkv = run.Scratch.Take(tokens * _config.ConvChannels);
        Span<float> z = run.Scratch.Take(tokens * _config.ValueLength);
        Span<float> output = run.Scratch.Take(tokens * _config.ValueLength);
        Span<float> beta = run.Scratch.Take(tokens * _config.ValueHeads);
        Span<float> decay = run.Scratch.Take(tokens * _config.Gates);

        _projections.Run(run, x, qkv, z, beta, decay);
        DeltaGates.Run(beta, decay, _weights.NegativeA, _weights.TimeStepBias);

        if (_heads.Length == 1) _heads[0].Run(run, _layers.Current, qkv, decay, beta, output);
        else
            for (int share = 0; share < _heads.Length; share++) RunOn(share, run, qkv, decay, beta, output);

        _projections.Finish(run, output, z, y);
    }

    // Sends a share its heads' inputs and fetches their outputs.
    private void RunOn(
        int number, in RunContext run, ReadOnlySpan<float> qkv, ReadOnlySpan<float> decay, ReadOnlySpan<float> beta,
        Span<float> output)
    {
        HeadShare share = _shares[number];
        int tokens = run.Layout.TokenCount, heads = share.Config.ValueHeads, mark = run.Scratch.Mark;
        int gates = _config.Gates / _config.ValueHeads;
        Span<float> ownQkv = run.Scratch.Take(tokens * share.Config.ConvChannels);
        Span<float> ownDecay = run.Scratch.Take(tokens * heads * gates), ownBeta = run.Scratch.Take(tokens * heads);
        Span<float> ownOutput = run.Scratch.Take(tokens * share.Config.ValueLength);
        share.TakeChannels(qkv, ownQkv);
        share.TakeHeads(decay, gates, ownDecay);
        share.TakeHeads(beta, 1, ownBeta);
        _heads[number].Run(run, _layers.Current, ownQkv, ownDecay, ownBeta, ownOutput);
        share.PutHeads(ownOutput, _config.HeadDim, output);
        run.Scratch.Release(mark);
    }
}
