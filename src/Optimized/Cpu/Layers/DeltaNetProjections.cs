using Gdn.Optimized.Cpu.Kernels;
using Gdn.Reference.Models;

namespace Gdn.Optimized.Cpu.Layers;

/// <summary>What a linear layer does before and after its stateful middle, wherever that runs.</summary>
internal sealed class DeltaNetProjections(DeltaNetConfig config, DeltaNetWeights<float> weights, float epsilon)
{
    private readonly Projection _queryKeyValue = Projection.Of(weights.QueryKeyValue), _outputGate = Projection.Of(weights.OutputGate);
    private readonly Projection _beta = Projection.Of(weights.Beta), _alpha = Projection.Of(weights.Alpha);
    private readonly Projection _output = Projection.Of(weights.Output);
    private readonly Projection? _outputGateReduction = weights.OutputGateReduction is { } gate ? Projection.Of(gate) : null;
    private readonly Projection? _alphaReduction = weights.AlphaReduction is { } alpha ? Projection.Of(alpha) : null;

    /// <summary>The conv weights <c>[W, C]</c>, so that a conv runs along channels and a share's taps are columns.</summary>
    public static float[] Taps(DeltaNetConfig config, DeltaNetWeights<float> weights)
    {
        int channels = config.ConvChannels, width = config.ConvWidth;
        var taps = new float[weights.Conv.Length];
        for (int c = 0; c < channels; c++)
            for (int i = 0; i < width; i++) taps[i * channels + c] = weights.Conv[c * width + i];
        return taps;
    }

    /// <summary>Projects what the middle takes, and the output gate.</summary>
    /// <param name="run">The run.</param>
    /// <param name="x">Normalised inputs <c>[n_tokens, E]</c>.</param>
    /// <param name="qkv">Receives q, k and v <c>[n_tokens, C]</c>.</param>
    /// <param name="z">Receives the output gate before its activation <c>[n_tokens, Hv, V]</c>.</param>
    /// <param name="beta">Receives b, before the sigmoid: <c>[n_tokens, Hv]</c>.</param>
    /// <param name="alpha">Receives a, before the softplus: <c>[n_tokens, Hv]</c>, or <c>[n_tokens, Hv, K]</c>.</param>
    public void Run(
        in RunContext run, ReadOnlySpan<float> x, Span<float> qkv, Span<float> z, Span<float> beta, Span<float> alpha)
    {
        _queryKeyValue.Run(x, qkv, run.Workers);
        Project(run, _outputGateReduction, _outputGate, x, z);
        _beta.Run(x, beta, run.Workers);
        Project(run, _alphaReduction, _alpha, x, alpha);
    }

    /// <summary>Gated norm and projection of what the middle returns.</summary>
    /// <param name="run">The run.</param>
    /// <param name="output">o <c>[n_tokens, Hv, V]</c>; replaced.</param>
    /// <param name="z">The output gate.</param>
    /// <param name="y">Receives <c>[n_tokens, E]</c>.</param>
    public void Finish(in RunContext run, Span<float> output, ReadOnlySpan<float> z, Span<float> y)
    {
        RmsNormKernel.RunGated(output, z, weights.Norm, epsilon, config.OutputGate);
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
}
