using Gdn.Reference;
using Gdn.Reference.Models;
using Gdn.Reference.State;

namespace Gdn.Optimized.State;

/// <summary>The state of every sequence: slots, each with a row of planes per linear layer and a cache per attention layer.</summary>
/// <remarks>
/// Freeing a slot leaves its content: a sequence that starts on it is reset by the run's mask. With poisoning, free slots
/// hold NaN, so that whatever reads one shows.
/// </remarks>
public sealed class StatePool
{
    private readonly RecurrentLayer[] _recurrent;
    private readonly RecurrentStore[] _stores;
    private readonly KeyValueStore[] _attention;
    private readonly int _maxPositions;
    private readonly bool _poison;

    /// <summary>Makes a pool with every slot free.</summary>
    /// <param name="config">The model.</param>
    /// <param name="slots">Sequences that can exist at a time.</param>
    /// <param name="planes">K: states kept per slot after each run.</param>
    /// <param name="maxPositions">How long a sequence may grow.</param>
    /// <param name="poison">Whether free slots are filled with NaN.</param>
    /// <param name="format">How delta-rule states are kept.</param>
    /// <param name="devices">Between how many devices the heads of linear layers are dealt.</param>
    /// <exception cref="InputException">There are more devices than key heads.</exception>
    public StatePool(
        ModelConfig config, int slots, int planes, int maxPositions, bool poison = false,
        StateFormat format = StateFormat.F32, int devices = 1)
    {
        Slots = new SlotTable(slots, planes);
        Planes = planes;
        Format = format;
        _maxPositions = maxPositions;
        _poison = poison;
        Shares = config.DeltaNet is { } linear ? HeadShare.Deal(linear, devices) : [];
        int recurrent = config.RecurrentLayers.Count(isRecurrent => isRecurrent);
        _recurrent = new RecurrentLayer[recurrent];
        _attention = new KeyValueStore[config.Layers - recurrent];
        for (int i = 0; i < _recurrent.Length; i++)
            _recurrent[i] = new RecurrentLayer(config.DeltaNet!, Shares, slots, planes, format);
        _stores = [.. _recurrent.SelectMany(layer => layer.Stores)];
        for (int i = 0; i < _attention.Length; i++)
            _attention[i] = new KeyValueStore(config.Attention, slots, maxPositions);
        if (poison)
            for (int slot = 0; slot < slots; slot++) Fill(slot, float.NaN);
    }

    /// <summary>Which sequence is where, and how far.</summary>
    public SlotTable Slots { get; }

    /// <summary>K.</summary>
    public int Planes { get; }

    /// <summary>How delta-rule states are kept between runs.</summary>
    public StateFormat Format { get; }

    /// <summary>Which heads of a linear layer each device owns; empty in a model without.</summary>
    public HeadShare[] Shares { get; }

    /// <summary>Rows of the i-th linear layer's heads on a device.</summary>
    public RecurrentStore Recurrent(int index, int device = 0) => _recurrent[index].Stores[device];

    /// <summary>Caches of the i-th full-attention layer.</summary>
    public KeyValueStore Attention(int index) => _attention[index];

    /// <summary>Makes room in a slot's caches for a sequence of that many tokens.</summary>
    public void Reserve(int slot, int positions)
    {
        foreach (KeyValueStore store in _attention) store.Reserve(slot, positions);
    }

    /// <summary>Sets a slot to the zero state, for a sequence that starts in place.</summary>
    public void Zero(int slot)
    {
        foreach (RecurrentStore store in _stores) store.Fill(store.Row(slot, 0), count: 1, 0);
        Slots.Set(slot, 0);
    }

    /// <summary>Frees the slot of a sequence; nothing happens if it does not exist.</summary>
    public void Free(int sequence)
    {
        int slot = Slots.Map.Remove(sequence);
        if (slot >= 0 && _poison) Fill(slot, float.NaN);
    }

    /// <summary>Sets a slot to the present state of another. What could be taken back is not copied.</summary>
    public void Copy(int source, int target)
    {
        if (source == target)
        {
            Slots.ForbidRollback(source);
            return;
        }

        int livePlane = Slots.LivePlane[source], position = Slots.Position(source);
        foreach (RecurrentStore store in _stores) store.Copy(store.Row(source, livePlane), store.Row(target, 0));

        foreach (KeyValueStore store in _attention)
        {
            store.Reserve(target, position);
            store.Keys(source, position).CopyTo(store.Keys(target, position));
            store.Values(source, position).CopyTo(store.Values(target, position));
        }

        Slots.Set(target, position);
    }

    /// <summary>A copy of a slot's present state.</summary>
    public SlotSnapshot Export(int slot)
    {
        int livePlane = Slots.LivePlane[slot], position = Slots.Position(slot);
        return new SlotSnapshot(
            position,
            [.. _recurrent.Select(layer => layer.Export(slot, livePlane))],
            [.. _attention.Select(store => Join(store.Keys(slot, position), store.Values(slot, position)))]);
    }

    /// <summary>Checks that a snapshot fits this pool.</summary>
    /// <exception cref="InputException">It is of another shape, or too long.</exception>
    public void Check(SlotSnapshot snapshot)
    {
        int position = snapshot.NextPosition;
        bool fits = snapshot.Recurrent.Select(data => data.Length)
                .SequenceEqual(_recurrent.Select(layer => layer.Length))
            && snapshot.Attention.Select(data => data.Length)
                .SequenceEqual(_attention.Select(store => position * (store.KeyLength + store.ValueLength)));
        if (!fits)
            throw new InputException(
                "snapshot", "it was taken from a model of another shape", "restore it to an engine of the same model");
        if (position > _maxPositions)
            throw new InputException(
                "snapshot", $"it holds {position} tokens, over the capacity of {_maxPositions}",
                "restore it to an engine for longer sequences");
    }

    /// <summary>Sets a slot to a copy of a snapshot that <see cref="Check"/> has accepted.</summary>
    public void Import(int slot, SlotSnapshot snapshot)
    {
        for (int i = 0; i < _recurrent.Length; i++) _recurrent[i].Import(slot, snapshot.Recurrent[i]);
        int position = snapshot.NextPosition;
        Reserve(slot, position);
        for (int i = 0; i < _attention.Length; i++)
            Split(snapshot.Attention[i], _attention[i].Keys(slot, position), _attention[i].Values(slot, position));
        Slots.Set(slot, position);
    }

    private void Fill(int slot, float value)
    {
        foreach (RecurrentStore store in _stores) store.Fill(store.Row(slot, 0), Planes, value);
        foreach (KeyValueStore store in _attention) store.Fill(slot, value);
    }

    private static float[] Join(ReadOnlySpan<float> first, ReadOnlySpan<float> second) => [.. first, .. second];

    private static void Split(ReadOnlySpan<float> joined, Span<float> first, Span<float> second)
    {
        joined[..first.Length].CopyTo(first);
        joined[first.Length..].CopyTo(second);
    }
}
