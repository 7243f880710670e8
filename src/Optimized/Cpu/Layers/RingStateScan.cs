using Gdn.Optimized.Batching;
using Gdn.Optimized.Cpu.Kernels;
using Gdn.Optimized.Cpu.Memory;
using Gdn.Optimized.Cpu.Routing;
using Gdn.Reference.Models;

namespace Gdn.Optimized.Cpu.Layers;

/// <summary>S as a checkpoint and a ring (<see cref="RingShape"/>), in place on every slot of the pass.</summary>
internal sealed class RingStateScan(HostStates states, RoutingPolicy policy) : IStateScan
{
    /// <inheritdoc/>
    public void Run(
        int index, int share, DeltaNetConfig config, in RunContext run, IStateRoute route, in DeltaScanInput input,
        Span<float> output)
    {
        RecurrentStore store = states.Store(index, share);
        RingEntries ring = store.Ring!;
        var all = new RingStates
        {
            Shape = ring.Shape,
            Flushed = policy.Flushed(ring.Shape.Length),
            Checkpoints = store.Delta.All,
            Keys = ring.Keys.All,
            Corrections = ring.Corrections.All,
            Decays = ring.Decays.All,
        };
        RingScan.Run(
            config.Rule(tokens: 1), run.Layout.Segments, route.Routes, config.HeadMap, input, all, output, run.Workers);
    }
}
