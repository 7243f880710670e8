using Gdn.Optimized.Cpu.Kernels;
using Gdn.Optimized.Cpu.Memory;
using Gdn.Optimized.Cpu.Routing;
using Gdn.Reference.Models;

namespace Gdn.Optimized.Cpu.Layers;

/// <summary>
/// The stateful middle of a linear layer for the heads of one share: one conv and one delta scan over all tokens, on rows
/// of the state that no other share touches.
/// </summary>
/// <param name="config">Sizes of the share's share.</param>
/// <param name="taps">Its conv weights <c>[W, C]</c>.</param>
/// <param name="index">Which linear layer.</param>
/// <param name="share">Which share.</param>
/// <param name="scan">Carries S over the tokens.</param>
internal sealed class DeltaNetHeads(
    DeltaNetConfig config, float[] taps, float epsilon, int index, int share, IStateScan scan)
{
    /// <summary>Carries the state over all tokens of a run.</summary>
    /// <param name="route">Where the state is.</param>
    /// <param name="qkv">Projected q, k and v <c>[n_tokens, C]</c>.</param>
    /// <param name="decay">exp(g) <c>[n_tokens, Hv]</c>, or <c>[n_tokens, Hv, K]</c>.</param>
    /// <param name="beta"><c>[n_tokens, Hv]</c>.</param>
    /// <param name="output">Receives o <c>[n_tokens, Hv, V]</c>.</param>
    public void Run(
        in RunContext run, IStateRoute route, ReadOnlySpan<float> qkv, ReadOnlySpan<float> decay, ReadOnlySpan<float> beta,
        Span<float> output)
    {
        int tokens = run.Layout.TokenCount;
        int channels = config.ConvChannels, keyLength = config.KeyLength;
        Span<float> mixed = run.Scratch.Take(tokens * channels);
        PlaneRows windows = route.LoadConv(index, share, run.Scratch);
        var conv = new ConvShape(channels, config.HeadDim, UnitChannels: 2 * keyLength, epsilon);
        CausalConvKernel.Run(
            conv, qkv, taps, run.Layout.ConvSeqMap, windows.Rows, windows.Planes, windows.Source, mixed, run.Workers);
        CausalConvKernel.Advance(channels, qkv, run.Layout.Starts, windows.Rows, windows.Planes, windows.Source);
        route.StoreConv(index, share, windows);

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
        scan.Run(index, share, config, run, route, input, output);
    }
}
