using Gdn.Optimized.Cpu.Kernels;
using Gdn.Optimized.Cpu.Memory;
using Gdn.Reference.Models;

namespace Gdn.Optimized.Cpu.Layers;

/// <summary>A linear layer: projections, gates, conv and delta scan on each share's heads, gated norm, projection.</summary>
internal sealed class DeltaNetBlock : IBlock
{
    private readonly DeltaNetConfig _config;
    private readonly DeltaNetWeights<float> _weights;
    private readonly float _epsilon;
    private readonly HeadShare[] _shares;
    private readonly DeltaNetHeads[] _heads;
    private readonly Projection _queryKeyValue, _outputGate, _beta, _alpha, _output;
    private readonly Projection? _outputGateReduction, _alphaReduction;

    /// <summary>Makes the block.</summary>
    /// <param name="config">Sizes.</param>
    /// <param name="weights">Weights.</param>
    /// <param name="epsilon">Of the norms.</param>
    /// <param name="index">Which linear layer.</param>
    /// <param name="shares">Which heads each share owns.</param>
    public DeltaNetBlock(
        DeltaNetConfig config, DeltaNetWeights<float> weights, float epsilon, int index, HeadShare[] shares)
    {
        _config = config;
        _weights = weights;
        _epsilon = epsilon;
        _shares = shares;
        // [W, C], so that the conv runs along channels and a share's taps are columns.
        float[] taps = Transpose(weights.Conv, config.ConvChannels, config.ConvWidth);
        _heads = [.. shares.Select((share, number) =>
        {
            var own = new float[config.ConvWidth * share.Config.ConvChannels];
            share.TakeChannels(taps, own);
            return new DeltaNetHeads(share.Config, own, epsilon, index, number);
        })];
        _queryKeyValue = Projection.Of(weights.QueryKeyValue);
        _outputGate = Projection.Of(weights.OutputGate);
        _beta = Projection.Of(weights.Beta);
        _alpha = Projection.Of(weights.Alpha);
        _output = Projection.Of(weights.Output);
        _outputGateReduction = weights.OutputGateReduction is { } gate ? Projection.Of(gate) : null;
        _alphaReduction = weights.AlphaReduction is { } alpha ? Projection.Of(alpha) : null;
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

        _queryKeyValue.Run(x, qkv, run.Workers);
        Project(run, _outputGateReduction, _outputGate, x, z);
        _beta.Run(x, beta, run.Workers);
        Project(run, _alphaReduction, _alpha, x, decay);
        DeltaGates.Run(beta, decay, _weights.NegativeA, _weights.TimeStepBias);

        if (_heads.Length == 1) _heads[0].Run(run, qkv, decay, beta, output);
        else
            for (int share = 0; share < _heads.Length; share++) RunOn(share, run, qkv, decay, beta, output);

        RmsNormKernel.RunGated(output, z, _weights.Norm, _epsilon, _config.OutputGate);
        _output.Run(output, y, run.Workers);
    }

    private static void Project(
        in RunContext run, Projection? reduction, Projection projection, ReadOnlySpan<float> x, Span<float> y)
    {
        if (reduction is null)
        {
            projection.Run(x, y, run.Workers);
            return;
        }

        int mark = run.Scratch.Mark;
        Span<float> reduced = run.Scratch.Take(x.Length / reduction.Columns * reduction.Rows);
        reduction.Run(x, reduced, run.Workers);
        projection.Run(reduced, y, run.Workers);
        run.Scratch.Release(mark);
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
        _heads[number].Run(run, ownQkv, ownDecay, ownBeta, ownOutput);
        share.PutHeads(ownOutput, _config.HeadDim, output);
        run.Scratch.Release(mark);
    }

    private static float[] Transpose(float[] weights, int channels, int width)
    {
        var taps = new float[weights.Length];
        for (int c = 0; c < channels; c++)
            for (int i = 0; i < width; i++) taps[i * channels + c] = weights[c * width + i];
        return taps;
    }
}
