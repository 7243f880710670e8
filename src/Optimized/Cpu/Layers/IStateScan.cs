using Gdn.Optimized.Cpu.Kernels;
using Gdn.Optimized.Cpu.Routing;
using Gdn.Reference.Models;

namespace Gdn.Optimized.Cpu.Layers;

/// <summary>Carries S over the tokens of a run, in the design in which it is kept.</summary>
internal interface IStateScan
{
    /// <summary>Runs the delta rule on a share's heads of a layer.</summary>
    /// <param name="index">Which linear layer.</param>
    /// <param name="share">Which share.</param>
    /// <param name="config">Sizes of the share.</param>
    /// <param name="run">The run.</param>
    /// <param name="route">Where its states are.</param>
    /// <param name="input">Inputs of all tokens.</param>
    /// <param name="output">Receives o <c>[n_tokens, Hv, V]</c>.</param>
    void Run(
        int index, int share, DeltaNetConfig config, in RunContext run, IStateRoute route, in DeltaScanInput input,
        Span<float> output);
}
