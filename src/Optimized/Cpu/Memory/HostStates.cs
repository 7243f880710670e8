using Gdn.Optimized.Batching;
using Gdn.Reference;
using Gdn.Reference.Models;

namespace Gdn.Optimized.Cpu.Memory;

/// <summary>Recurrent states in host memory, their heads dealt to shares.</summary>
public sealed class HostStates : IRecurrentStates
{
    private readonly RecurrentLayer[] _layers;
    private readonly RecurrentStore[] _stores;

    /// <summary>Makes the states, all zero.</summary>
    /// <param name="options">Model, slots, planes, format.</param>
    /// <param name="headShares">Shares to which the heads of linear layers are dealt.</param>
    /// <exception cref="InputException">There are more shares than key heads.</exception>
    public HostStates(BatchedOptions options, int headShares = 1)
    {
        ModelConfig config = options.Engine.Model.Config;
        Shares = config.DeltaNet is { } linear ? HeadShare.Deal(linear, headShares) : [];
        _layers = new RecurrentLayer[config.RecurrentLayers.Count(isRecurrent => isRecurrent)];
        for (int i = 0; i < _layers.Length; i++)
            _layers[i] = new RecurrentLayer(
                config.DeltaNet!, Shares, options.DeviceSlots, options.Engine.Planes, options.StateFormat, options.Ring);
        _stores = [.. _layers.SelectMany(layer => layer.Stores)];
        Lengths = [.. _layers.Select(layer => layer.Length)];
    }

    /// <summary>Which heads of a layer each share owns; empty in a model without linear layers.</summary>
    public HeadShare[] Shares { get; }

    /// <inheritdoc/>
    public IReadOnlyList<int> Lengths { get; }

    /// <summary>Rows of a layer's heads of a share.</summary>
    public RecurrentStore Store(int layer, int share = 0) => _layers[layer].Stores[share];

    /// <inheritdoc/>
    public void Zero(int slot)
    {
        foreach (RecurrentStore store in _stores) store.Zero(slot);
    }

    /// <inheritdoc/>
    public void Fill(int slot, float value)
    {
        foreach (RecurrentStore store in _stores) store.Fill(slot, value);
    }

    /// <inheritdoc/>
    public void Copy(int source, int plane, int target, int position)
    {
        foreach (RecurrentStore store in _stores) store.Copy(source, plane, target, position);
    }

    /// <inheritdoc/>
    public float[] Export(int layer, int slot, int plane, int position) => _layers[layer].Export(slot, plane, position);

    /// <inheritdoc/>
    public void Import(int layer, int slot, int position, ReadOnlySpan<float> state) =>
        _layers[layer].Import(slot, position, state);
}
