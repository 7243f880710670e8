using Gdn.Optimized.State;

namespace Gdn.Optimized.Cpu.Routing;

/// <summary>One sequence, directly on the planes of its slot: no plan, no gather, no mask, no copy.</summary>
internal sealed class InPlaceRoute(StatePool pool, int maxTokens) : IStateRoute
{
    private readonly int[] _onlySequence = new int[maxTokens];
    private int _slot, _tokens;

    /// <inheritdoc/>
    public ReadOnlySpan<int> ConvSeqMap => _onlySequence.AsSpan(0, _tokens);

    /// <summary>Points the route at a slot.</summary>
    public void Set(int slot, int tokens)
    {
        _slot = slot;
        _tokens = tokens;
    }

    /// <inheritdoc/>
    public RecurrentRows Load(int index, int device, Scratch scratch) =>
        pool.Recurrent(index, device).InPlace(_slot, pool.Slots.LivePlane[_slot]);

    /// <inheritdoc/>
    public void Store(int index, int device, RecurrentRows rows)
    {
    }
}
