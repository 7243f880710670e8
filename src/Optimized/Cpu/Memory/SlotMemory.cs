using Gdn.Optimized.Batching;
using Gdn.Reference;
using Gdn.Reference.Engines;
using Gdn.Reference.Models;

namespace Gdn.Optimized.Cpu.Memory;

/// <summary>
/// What every slot holds, in host memory: rows of planes per linear layer, a cache per attention layer. It knows no
/// sequences.
/// </summary>
public sealed class SlotMemory
{
    private readonly int _planes;
    private readonly RecurrentLayer[] _recurrent;
    private readonly RecurrentStore[] _stores;
    private readonly KeyValueStore[] _attention;

    /// <summary>Makes the memory, all zero.</summary>
    /// <param name="options">Model, slots, planes, format.</param>
    /// <param name="headShares">Shares to which the heads of linear layers are dealt.</param>
    /// <exception cref="InputException">There are more shares than key heads.</exception>
    public SlotMemory(BatchedOptions options, int headShares = 1)
    {
        EngineOptions engine = options.Engine;
        ModelConfig config = engine.Model.Config;
        int slots = options.DeviceSlots;
        _planes = engine.Planes;
        Shares = config.DeltaNet is { } linear ? HeadShare.Deal(linear, headShares) : [];
        int recurrent = config.RecurrentLayers.Count(isRecurrent => isRecurrent);
        _recurrent = new RecurrentLayer[recurrent];
        _attention = new KeyValueStore[config.Layers - recurrent];
        for (int i = 0; i < _recurrent.Length; i++)
            _recurrent[i] = new RecurrentLayer(config.DeltaNet!, Shares, slots, _planes, options.StateFormat);
        _stores = [.. _recurrent.SelectMany(layer => layer.Stores)];
        for (int i = 0; i < _attention.Length; i++)
            _attention[i] = new KeyValueStore(config.Attention, slots, engine.MaxPositions, options.CacheFormat);
    }

    /// <summary>Which heads of a linear layer each share owns; empty in a model without.</summary>
    public HeadShare[] Shares { get; }

    /// <summary>Rows of the i-th linear layer's heads of a share.</summary>
    public RecurrentStore Recurrent(int index, int share = 0) => _recurrent[index].Stores[share];

    /// <summary>Caches of the i-th full-attention layer.</summary>
    public KeyValueStore Attention(int index) => _attention[index];

    /// <inheritdoc cref="IDevice.Reserve"/>
    public void Reserve(int slot, int positions)
    {
        foreach (KeyValueStore store in _attention) store.Reserve(slot, positions);
    }

    /// <inheritdoc cref="IDevice.Zero"/>
    public void Zero(int slot)
    {
        foreach (RecurrentStore store in _stores) store.Fill(store.Row(slot, 0), count: 1, 0);
    }

    /// <inheritdoc cref="IDevice.Fill"/>
    public void Fill(int slot, float value)
    {
        foreach (RecurrentStore store in _stores) store.Fill(store.Row(slot, 0), _planes, value);
        foreach (KeyValueStore store in _attention) store.Fill(slot, value);
    }

    /// <inheritdoc cref="IDevice.Copy"/>
    public void Copy(int source, int plane, int target, int positions)
    {
        foreach (RecurrentStore store in _stores) store.Copy(store.Row(source, plane), store.Row(target, 0));
        foreach (KeyValueStore store in _attention)
        {
            store.Reserve(target, positions);
            store.Keys(source, positions).CopyTo(store.Keys(target, positions));
            store.Values(source, positions).CopyTo(store.Values(target, positions));
        }
    }

    /// <inheritdoc cref="IDevice.Export"/>
    public SlotSnapshot Export(int slot, int plane, int positions) => new(
        positions,
        [.. _recurrent.Select(layer => layer.Export(slot, plane))],
        [.. _attention.Select(store => Join(store.Keys(slot, positions), store.Values(slot, positions)))]);

    /// <inheritdoc cref="IDevice.Fits"/>
    public bool Fits(SlotSnapshot snapshot) =>
        snapshot.Recurrent.Select(data => data.Length).SequenceEqual(_recurrent.Select(layer => layer.Length))
        && snapshot.Attention.Select(data => data.Length)
            .SequenceEqual(_attention.Select(store => snapshot.NextPosition * (store.KeyLength + store.ValueLength)));

    /// <inheritdoc cref="IDevice.Import"/>
    public void Import(int slot, SlotSnapshot snapshot)
    {
        int positions = snapshot.NextPosition;
        for (int i = 0; i < _recurrent.Length; i++) _recurrent[i].Import(slot, snapshot.Recurrent[i]);
        Reserve(slot, positions);
        for (int i = 0; i < _attention.Length; i++)
            Split(snapshot.Attention[i], _attention[i].Keys(slot, positions), _attention[i].Values(slot, positions));
    }

    private static float[] Join(ReadOnlySpan<float> first, ReadOnlySpan<float> second) => [.. first, .. second];

    private static void Split(ReadOnlySpan<float> joined, Span<float> first, Span<float> second)
    {
        joined[..first.Length].CopyTo(first);
        joined[first.Length..].CopyTo(second);
    }
}
