using Gdn.Optimized.Cpu.Kernels;
using Gdn.Optimized.State;
using Gdn.Reference.Models;
using Gdn.Reference.Operators;
using CausalConv = Gdn.Optimized.Cpu.Kernels.CausalConv;

namespace Gdn.Optimized.Cpu.Layers;

/// <summary>
/// The stateful middle of a linear layer for the heads of one device: one conv and one delta scan over all tokens, on rows
/// of the state that no other device touches.
/// </summary>
/// <param name="config">Sizes of the device's share.</param>
/// <param name="taps">Its conv weights <c>[W, C]</c>.</param>
/// <param name="index">Which linear layer.</param>
/// <param name="device">Which device.</param>
internal sealed class DeltaNetHeads(DeltaNetConfig config, float[] taps, float epsilon, int index, int device)
{
    /// <summary>Carries the state over all tokens of a run.</summary>
    /// <param name="qkv">Projected q, k and v <c>[n_tokens, C]</c>.</param>
    /// <param name="decay">exp(g) <c>[n_tokens, Hv]</c>.</param>
    /// <param name="beta"><c>[n_tokens, Hv]</c>.</param>
    /// <param name="output">Receives o <c>[n_tokens, Hv, V]</c>.</param>
    public void Run(
        in RunContext run, ReadOnlySpan<float> qkv, ReadOnlySpan<float> decay, ReadOnlySpan<float> beta,
        Span<float> output)
    {
        int tokens = run.Layout.TokenCount, sequences = run.Layout.SequenceCount;
        int channels = config.ConvChannels, keyLength = config.KeyLength;
        Span<float> mixed = run.Scratch.Take(tokens * channels);
        RecurrentRows rows = run.Route.Load(index, device, run.Scratch);
        var conv = new ConvShape(channels, config.HeadDim, UnitChannels: 2 * keyLength, epsilon);
        CausalConv.Run(
            conv, qkv, taps, run.Route.ConvSeqMap, rows.Conv, rows.Planes, rows.Source, mixed, run.Pool);
        CausalConv.Advance(channels, qkv, sequences, rows.Conv, rows.Planes, rows.Source);

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
        DeltaScan.Run(shape, sequences, config.HeadMap, input, rows.Delta, rows.Planes, rows.Source, output, run.Pool);
        run.Route.Store(index, device, rows);
    }
}
