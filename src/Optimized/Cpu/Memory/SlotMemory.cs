using Gdn.Optimized.Batching;
using Gdn.Reference;
using Gdn.Reference.Engines;
using Gdn.Reference.Models;

namespace Gdn.Optimized.Cpu.Memory;

/// <summary>
/// What every slot holds, in host memory: rows of planes per linear layer, a cache per attention layer, and both for each draft
/// layer. It knows no sequences.
/// </summary>
public sealed class SlotMemory
{
    private readonly int _planes;
    private readonly RecurrentLayer[] _recurrent;
    private readonly RecurrentStore[] _stores;
    private readonly KeyValueStore[] _attention;
    private readonly StateRows[] _hidden;
    private readonly int _trunkAttention;

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
        int drafts = engine.Drafts ? config.DraftLayers : 0;
        _trunkAttention = config.Layers - recurrent;
        _attention = new KeyValueStore[_trunkAttention + drafts];
        _hidden = new StateRows[drafts];
        for (int i = 0; i < _recurrent.Length; i++)
            _recurrent[i] = new RecurrentLayer(config.DeltaNet!, Shares, slots, _planes, options.StateFormat);
        _stores = [.. _recurrent.SelectMany(layer => layer.Stores)];
        for (int i = 0; i < _attention.Length; i++)
            _attention[i] = new KeyValueStore(config.Attention, slots, engine.MaxPositions, options.CacheFormat);
        for (int i = 0; i < drafts; i++) _hidden[i] = new StateRows(checked(slots * _planes), config.Embedding);
    }

    /// <summary>Which heads of a linear layer each share owns; empty in a model without.</summary>
    public HeadShare[] Shares { get; }

    /// <summary>Rows of the i-th linear layer's heads of a share.</summary>
    public RecurrentStore Recurrent(int index, int share = 0) => _recurrent[index].Stores[share];

    /// <summary>Caches of the i-th full-attention layer.</summary>
    public KeyValueStore Attention(int index) => _attention[index];

    /// <summary>Caches of the i-th draft layer.</summary>
    public KeyValueStore Draft(int index) => _attention[_trunkAttention + index];

    /// <summary>
    /// Hidden states that the i-th draft layer will pair with the next token of each slot: row <c>slot * planes + plane</c>, as
    /// in <see cref="RecurrentStore"/>.
    /// </summary>
    public StateRows Hidden(int index) => _hidden[index];

    /// <summary>The row of a slot's plane.</summary>
    public int Row(int slot, int plane) => slot * _planes + plane;

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
        foreach (StateRows rows in _hidden) rows.Fill(Row(slot, 0), _planes, value);
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

        foreach (StateRows rows in _hidden) rows.Copy(Row(source, plane), Row(target, 0));
    }

    /// <inheritdoc cref="IDevice.Export"/>
    public SlotSnapshot Export(int slot, int plane, int positions) => new(
        positions,
        [.. _recurrent.Select(layer => layer.Export(slot, plane)), .. _hidden.Select(rows => rows.InPlace(Row(slot, plane)).ToArray())],
        [.. _attention.Select(store => Join(store.Keys(slot, positions), store.Values(slot, positions)))]);

    /// <inheritdoc cref="IDevice.Fits"/>
    public bool Fits(SlotSnapshot snapshot) =>
        snapshot.Recurrent.Select(data => data.Length)
            .SequenceEqual([.. _recurrent.Select(layer => layer.Length), .. _hidden.Select(rows => rows.Length)])
        && snapshot.Attention.Select(data => data.Length)
            .SequenceEqual(_attention.Select(store => snapshot.NextPosition * (store.KeyLength + store.ValueLength)));

    /// <inheritdoc cref="IDevice.Import"/>
    public void Import(int slot, SlotSnapshot snapshot)
    {
        int positions = snapshot.NextPosition;
        for (int i = 0; i < _recurrent.Length; i++) _recurrent[i].Import(slot, snapshot.Recurrent[i]);
        for (int i = 0; i < _hidden.Length; i++) _hidden[i].Write(Row(slot, 0), snapshot.Recurrent[_recurrent.Length + i]);
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
