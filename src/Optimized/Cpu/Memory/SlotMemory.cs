using Gdn.Optimized.Batching;
using Gdn.Reference.Engines;
using Gdn.Reference.Models;

namespace Gdn.Optimized.Cpu.Memory;

/// <summary>
/// What every slot holds: recurrent states, wherever they lie, and in host memory a cache per attention layer, and for each draft
/// layer a cache and rows of planes. It knows no sequences.
/// </summary>
public sealed class SlotMemory
{
    private readonly int _planes;
    private readonly IRecurrentStates _recurrent;
    private readonly KeyValueStore[] _attention;
    private readonly StateRows[] _hidden;
    private readonly int _trunkAttention;

    /// <summary>Makes the memory, all zero.</summary>
    /// <param name="options">Model, slots, planes, format.</param>
    /// <param name="recurrent">States of the linear layers, for as many slots and planes.</param>
    public SlotMemory(BatchedOptions options, IRecurrentStates recurrent)
    {
        EngineOptions engine = options.Engine;
        ModelConfig config = engine.Model.Config;
        int slots = options.DeviceSlots;
        _planes = engine.Planes;
        _recurrent = recurrent;
        int drafts = engine.Drafts ? config.DraftLayers : 0;
        _trunkAttention = config.Layers - recurrent.Lengths.Count;
        _attention = new KeyValueStore[_trunkAttention + drafts];
        _hidden = new StateRows[drafts];
        for (int i = 0; i < _attention.Length; i++)
            _attention[i] = new KeyValueStore(config.Attention, slots, engine.MaxPositions, options.CacheFormat);
        for (int i = 0; i < drafts; i++) _hidden[i] = new StateRows(checked(slots * _planes), config.Embedding);
    }

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
    public void Zero(int slot) => _recurrent.Zero(slot);

    /// <inheritdoc cref="IDevice.Fill"/>
    public void Fill(int slot, float value)
    {
        _recurrent.Fill(slot, value);
        foreach (KeyValueStore store in _attention) store.Fill(slot, value);
        foreach (StateRows rows in _hidden) rows.Fill(Row(slot, 0), _planes, value);
    }

    /// <inheritdoc cref="IDevice.Copy"/>
    public void Copy(int source, int plane, int target, int positions)
    {
        _recurrent.Copy(source, plane, target, positions);
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
        [
            .. Enumerable.Range(0, _recurrent.Lengths.Count).Select(layer => _recurrent.Export(layer, slot, plane, positions)),
            .. _hidden.Select(rows => rows.InPlace(Row(slot, plane)).ToArray()),
        ],
        [.. _attention.Select(store => Join(store.Keys(slot, positions), store.Values(slot, positions)))])
    {
        DraftStates = _hidden.Length,
    };

    /// <inheritdoc cref="IDevice.Fits"/>
    public bool Fits(SlotSnapshot snapshot) =>
        snapshot.Recurrent.Select(data => data.Length)
            .SequenceEqual([.. _recurrent.Lengths, .. _hidden.Select(rows => rows.Length)])
        && snapshot.Attention.Select(data => data.Length)
            .SequenceEqual(_attention.Select(store => snapshot.NextPosition * (store.KeyLength + store.ValueLength)));

    /// <inheritdoc cref="IDevice.Import"/>
    public void Import(int slot, SlotSnapshot snapshot)
    {
        int positions = snapshot.NextPosition;
        int layers = _recurrent.Lengths.Count;
        for (int layer = 0; layer < layers; layer++) _recurrent.Import(layer, slot, positions, snapshot.Recurrent[layer]);
        for (int i = 0; i < _hidden.Length; i++) _hidden[i].Write(Row(slot, 0), snapshot.Recurrent[layers + i]);
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
