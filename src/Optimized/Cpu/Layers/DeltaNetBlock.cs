using Gdn.Optimized.Cpu.Kernels;
using Gdn.Optimized.State;
using Gdn.Reference.Models;
using Gdn.Reference.Operators;
using CausalConv = Gdn.Optimized.Cpu.Kernels.CausalConv;
using L2Norm = Gdn.Optimized.Cpu.Kernels.L2Norm;
using Linear = Gdn.Optimized.Cpu.Kernels.Linear;
using RmsNorm = Gdn.Optimized.Cpu.Kernels.RmsNorm;

namespace Gdn.Optimized.Cpu.Layers;

/// <summary>A linear layer: projections, gates, one conv and one delta scan over all tokens, gated norm, projection.</summary>
internal sealed class DeltaNetBlock(DeltaNetConfig config, DeltaNetWeights<float> weights, float epsilon, int index)
    : IBlock
{
    private readonly Linear _queryKeyValue = Linear.Of(weights.QueryKeyValue), _outputGate = Linear.Of(weights.OutputGate);
    private readonly Linear _beta = Linear.Of(weights.Beta), _alpha = Linear.Of(weights.Alpha);
    private readonly Linear _output = Linear.Of(weights.Output);
    private readonly float[] _taps = Transpose(weights.Conv, config.ConvChannels, config.ConvWidth);

    /// <inheritdoc/>
    public void Run(in RunContext run, ReadOnlySpan<float> x, Span<float> y)
    {
        int tokens = run.Layout.TokenCount, sequences = run.Layout.SequenceCount;
        int channels = config.ConvChannels, keyLength = config.KeyLength, valueLength = config.ValueLength;
        Span<float> qkv = run.Scratch.Take(tokens * channels), mixed = run.Scratch.Take(tokens * channels);
        Span<float> z = run.Scratch.Take(tokens * valueLength), output = run.Scratch.Take(tokens * valueLength);
        Span<float> beta = run.Scratch.Take(tokens * config.ValueHeads);
        Span<float> decay = run.Scratch.Take(tokens * config.ValueHeads);

        _queryKeyValue.Run(x, qkv, run.Pool);
        _outputGate.Run(x, z, run.Pool);
        _beta.Run(x, beta, run.Pool);
        _alpha.Run(x, decay, run.Pool);
        DeltaGates.Run(beta, decay, weights.NegativeA, weights.TimeStepBias);

        RecurrentRows rows = run.Route.Load(index, run.Scratch);
        CausalConv.Run(channels, qkv, _taps, run.Route.ConvSeqMap, rows.Conv, rows.Planes, rows.Source, mixed);
        CausalConv.Advance(channels, qkv, sequences, rows.Conv, rows.Planes, rows.Source);
        for (int t = 0; t < tokens; t++)
            L2Norm.Run(mixed.Slice(t * channels, 2 * keyLength), config.HeadDim, epsilon);

        var shape = new DeltaRuleShape(
            run.Layout.TokensPerSequence, config.KeyHeads, config.ValueHeads,
            KeyDim: config.HeadDim, ValueDim: config.HeadDim);
        var input = new DeltaScanInput
        {
            Q = mixed,
            K = mixed[keyLength..],
            V = mixed[(2 * keyLength)..],
            Decay = decay,
            Beta = beta,
            KeyStride = channels,
            ValueStride = channels,
        };
        DeltaScan.Run(
            shape, sequences, config.HeadMap, input, rows.Delta, rows.Planes, rows.Source, output, run.Pool);
        run.Route.Store(index, rows);

        RmsNorm.RunGated(output, z, weights.Norm, epsilon);
        _output.Run(output, y, run.Pool);
    }

    // [C, W] to [W, C], so that the conv runs along channels.
    private static float[] Transpose(float[] weights, int channels, int width)
    {
        var taps = new float[weights.Length];
        for (int c = 0; c < channels; c++)
            for (int i = 0; i < width; i++) taps[i * channels + c] = weights[c * width + i];
        return taps;
    }
}
