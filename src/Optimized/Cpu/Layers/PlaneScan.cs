using Gdn.Optimized.Cpu.Kernels;
using Gdn.Optimized.Cpu.Memory;
using Gdn.Optimized.Cpu.Routing;
using Gdn.Reference.Models;
using Gdn.Reference.Operators;

namespace Gdn.Optimized.Cpu.Layers;

/// <summary>S in planes: the states after the last tokens lie side by side, so that a rollback takes an older one.</summary>
internal sealed class PlaneScan : IStateScan
{
    /// <inheritdoc/>
    public void Run(
        int index, int share, DeltaNetConfig config, in RunContext run, IStateRoute route, in DeltaScanInput input,
        Span<float> output)
    {
        PlaneRows states = route.LoadDelta(index, share, run.Scratch);
        DeltaRuleShape shape = config.Rule(run.Layout.Starts[1]);
        if (run.Layout.IsRectangle)
            DeltaScan.Run(
                shape, run.Layout.SequenceCount, config.HeadMap, input, states.Rows, states.Planes, states.Source,
                output, run.Workers);
        else
            DeltaScan.Run(
                shape, run.Layout.Segments, config.HeadMap, input, states.Rows, states.Planes, states.Source, output, run.Workers);
        route.StoreDelta(index, share, states);
    }
}
