using Gdn.Optimized.Batching;
using Gdn.Optimized.Cpu.Memory;

namespace Gdn.Optimized.Cpu.Routing;

/// <summary>One sequence, directly on the planes of its slot: no plan, no gather, no mask, no copy.</summary>
/// <param name="states">The states.</param>
/// <param name="planes">P.</param>
internal sealed class InPlaceRoute(HostStates states, int planes) : IStateRoute
{
    private readonly SequenceRoute[] _routes = new SequenceRoute[1];

    /// <inheritdoc/>
    public ReadOnlySpan<SequenceRoute> Routes => _routes;

    /// <summary>Points the route at a slot.</summary>
    public void Set(SequenceRoute route) => _routes[0] = route;

    /// <inheritdoc/>
    public PlaneRows LoadConv(int index, int share, Scratch scratch) =>
        InPlace(states.Store(index, share).Conv, _routes[0].ConvPlane);

    /// <inheritdoc/>
    public void StoreConv(int index, int share, PlaneRows rows)
    {
    }

    /// <inheritdoc/>
    public PlaneRows LoadDelta(int index, int share, Scratch scratch) =>
        InPlace(states.Store(index, share).Delta, _routes[0].DeltaPlane);

    /// <inheritdoc/>
    public void StoreDelta(int index, int share, PlaneRows rows)
    {
    }

    private PlaneRows InPlace(StateRows rows, int source) =>
        new() { Rows = rows.InPlace(_routes[0].Slot * planes, planes), Planes = planes, Source = source };
}
