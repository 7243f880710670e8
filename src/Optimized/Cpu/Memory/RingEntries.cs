using Gdn.Optimized.Batching;
using Gdn.Reference.Models;

namespace Gdn.Optimized.Cpu.Memory;

/// <summary>
/// What the last tokens of every slot have written to S, of one linear layer or of one share of it: keys, corrections
/// <c>delta</c> and decays. Head by head, so that what belongs to one checkpoint lies side by side.
/// </summary>
public sealed class RingEntries
{
    private readonly DeltaNetConfig _config;
    private readonly int _gates;

    /// <summary>Makes the entries, all zero.</summary>
    public RingEntries(DeltaNetConfig config, RingShape shape, int slots)
    {
        (_config, Shape) = (config, shape);
        _gates = config.Gates / config.ValueHeads;
        Keys = new StateRows(slots, shape.Entries * config.KeyLength);
        Corrections = new StateRows(slots, shape.Entries * config.ValueLength);
        Decays = new StateRows(slots, shape.Entries * config.Gates);
    }

    /// <summary>R entries, of which L belong to each checkpoint.</summary>
    public RingShape Shape { get; }

    /// <summary>Keys <c>[slots][Hk, R, K]</c>.</summary>
    public StateRows Keys { get; }

    /// <summary>Corrections <c>[slots][Hv, R, V]</c>.</summary>
    public StateRows Corrections { get; }

    /// <summary>exp(g) <c>[slots][Hv, R]</c>, or <c>[slots][Hv, R, K]</c>.</summary>
    public StateRows Decays { get; }

    /// <summary>Elements of <see cref="Export"/> for a layer: L keys, corrections and decays.</summary>
    public static int Length(DeltaNetConfig whole, RingShape shape) =>
        shape.Length * (whole.KeyLength + whole.ValueLength + whole.Gates);

    /// <summary>Copies all entries of a slot.</summary>
    public void Copy(int source, int target)
    {
        foreach (StateRows rows in Rows) rows.Copy(source, target);
    }

    /// <summary>Sets all entries of a slot.</summary>
    public void Fill(int slot, float value)
    {
        foreach (StateRows rows in Rows) rows.Fill(slot, count: 1, value);
    }

    /// <summary>Puts the share's part of the entries that a sequence has pending into those of the whole layer; others stay.</summary>
    /// <param name="whole">Keys <c>[Hk, L, K]</c>, corrections <c>[Hv, L, V]</c>, decays <c>[Hv, L]</c> or <c>[Hv, L, K]</c>.</param>
    public void Export(int slot, RingRoute route, HeadShare share, Span<float> whole)
    {
        (int corrections, int decays) = Offsets(share);
        share.PutKeyHeads(Pending(Keys, slot, route, _config.KeyHeads), HeadLength, whole);
        share.PutHeads(Pending(Corrections, slot, route, _config.ValueHeads), HeadLength, whole[corrections..]);
        share.PutHeads(Pending(Decays, slot, route, _config.ValueHeads), GateLength, whole[decays..]);
    }

    /// <summary>Sets the entries that a sequence has pending: the reverse of <see cref="Export"/>.</summary>
    public void Import(int slot, RingRoute route, HeadShare share, ReadOnlySpan<float> whole)
    {
        (int corrections, int decays) = Offsets(share);
        float[] ownKeys = new float[_config.KeyHeads * HeadLength], ownCorrections = new float[_config.ValueHeads * HeadLength];
        var ownDecays = new float[_config.ValueHeads * GateLength];
        share.TakeKeyHeads(whole, HeadLength, ownKeys);
        share.TakeHeads(whole[corrections..], HeadLength, ownCorrections);
        share.TakeHeads(whole[decays..], GateLength, ownDecays);
        SetPending(Keys, slot, route, _config.KeyHeads, ownKeys);
        SetPending(Corrections, slot, route, _config.ValueHeads, ownCorrections);
        SetPending(Decays, slot, route, _config.ValueHeads, ownDecays);
    }

    private StateRows[] Rows => [Keys, Corrections, Decays];

    private int HeadLength => Shape.Length * _config.HeadDim;

    private int GateLength => Shape.Length * _gates;

    // Where corrections and decays begin behind the keys of a whole layer.
    private (int Corrections, int Decays) Offsets(HeadShare share)
    {
        int keys = Shape.Length * share.Whole.KeyLength;
        return (keys, keys + Shape.Length * share.Whole.ValueLength);
    }

    // The entries of the sequence's checkpoint, head by head; what is not pending as zeros.
    private float[] Pending(StateRows rows, int slot, RingRoute route, int heads)
    {
        int entry = rows.Length / heads / Shape.Entries;
        var pending = new float[heads * Shape.Length * entry];
        for (int head = 0; head < heads; head++)
            Entries(rows, slot, route, head, entry).CopyTo(pending.AsSpan(head * Shape.Length * entry));
        return pending;
    }

    private void SetPending(StateRows rows, int slot, RingRoute route, int heads, ReadOnlySpan<float> pending)
    {
        int entry = rows.Length / heads / Shape.Entries;
        for (int head = 0; head < heads; head++)
        {
            Span<float> entries = Entries(rows, slot, route, head, entry);
            pending.Slice(head * Shape.Length * entry, entries.Length).CopyTo(entries);
        }
    }

    private Span<float> Entries(StateRows rows, int slot, RingRoute route, int head, int entry) =>
        rows.InPlace(slot).Slice((head * Shape.Entries + Shape.FirstEntry(route)) * entry, route.Pending * entry);
}
