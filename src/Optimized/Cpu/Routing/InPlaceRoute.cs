using Gdn.Optimized.Batching;
using Gdn.Optimized.Cpu.Memory;

namespace Gdn.Optimized.Cpu.Routing;

/// <summary>One sequence, directly on the planes of its slot: no plan, no gather, no mask, no copy.</summary>
internal sealed class InPlaceRoute(HostStates states) : IStateRoute
{
    private SequenceRoute _route;

    /// <summary>Points the route at a slot.</summary>
    public void Set(SequenceRoute route) => _route = route;

    /// <inheritdoc/>
    public RecurrentRows Load(int index, int share, Scratch scratch) =>
        states.Store(index, share).InPlace(_route.Slot, _route.ConvPlane, _route.DeltaPlane);

    /// <inheritdoc/>
    public void Store(int index, int share, RecurrentRows rows)
    {
    }
}
