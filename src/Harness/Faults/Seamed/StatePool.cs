using Gdn.Reference.Models;

namespace Gdn.Harness.Faults.Seamed;

/// <summary>
/// Recurrent state of every slot and layer. Plane p of a slot is the state p tokens before the end of the slot's last ubatch.
/// </summary>
internal sealed class StatePool
{
    private readonly int _convLength, _deltaLength;
    private readonly float[] _conv, _delta;
    private readonly StateKeeping _states;

    /// <summary>Makes the rows, all zero.</summary>
    public StatePool(ModelConfig config, int slots, int planes, StateKeeping states)
    {
        Layers = config.RecurrentLayers.Count(recurrent => recurrent);
        _convLength = config.DeltaNet?.ConvStateLength ?? 0;
        _deltaLength = config.DeltaNet?.DeltaStateLength ?? 0;
        _states = states;
        Slots = slots;
        Planes = planes;
        LivePlane = new int[slots];
        int rows = slots * planes * Layers;
        _conv = new float[rows * _convLength];
        _delta = new float[rows * _deltaLength];
    }

    public int Slots { get; }

    /// <summary>P: states kept per slot.</summary>
    public int Planes { get; }

    /// <summary>Linear layers.</summary>
    public int Layers { get; }

    /// <summary>The plane of each slot that holds its present state.</summary>
    public int[] LivePlane { get; }

    /// <summary>A conv window <c>[W - 1, C]</c>, oldest first.</summary>
    public Span<float> Conv(int layer, int slot, int plane) =>
        _conv.AsSpan(RowOf(layer, slot, plane) * _convLength, _convLength);

    /// <summary>S <c>[Hv, K, V]</c>.</summary>
    public Span<float> Delta(int layer, int slot, int plane) =>
        _delta.AsSpan(RowOf(layer, slot, plane) * _deltaLength, _deltaLength);

    /// <summary>A copy of one plane of a slot, all layers.</summary>
    public SlotState Read(int slot, int plane) => new(
        [.. Enumerable.Range(0, Layers).Select(layer => Conv(layer, slot, plane).ToArray())],
        [.. Enumerable.Range(0, Layers).Select(layer => Delta(layer, slot, plane).ToArray())]);

    /// <summary>Sets one plane of a slot, all layers.</summary>
    public void Write(int slot, int plane, SlotState state)
    {
        for (int layer = 0; layer < Layers; layer++)
        {
            state.Conv[layer].CopyTo(Conv(layer, slot, plane));
            state.Delta[layer].CopyTo(Delta(layer, slot, plane));
        }
    }

    private int RowOf(int layer, int slot, int plane) =>
        layer * Slots * Planes + _states.RowOf(slot, plane, Planes);
}
