using Gdn.Optimized.Batching;
using Gdn.Reference.Models;
using Gdn.Reference.State;

namespace Gdn.Optimized.Cpu.Memory;

/// <summary>Recurrent state of one linear layer: a store per share, each for the heads that the share owns.</summary>
public sealed class RecurrentLayer
{
    private readonly DeltaNetConfig _config;
    private readonly HeadShare[] _shares;
    private readonly RingShape? _ring;

    /// <summary>Makes the stores, all zero.</summary>
    /// <param name="config">The layer.</param>
    /// <param name="shares">Which heads each share owns.</param>
    /// <param name="slots">Slots.</param>
    /// <param name="planes">P.</param>
    /// <param name="format">How S is kept.</param>
    /// <param name="ring">The ring in which S is kept; null for planes.</param>
    public RecurrentLayer(
        DeltaNetConfig config, HeadShare[] shares, int slots, int planes, StateFormat format, RingShape? ring)
    {
        _config = config;
        _shares = shares;
        _ring = ring;
        Stores = [.. shares.Select(share => new RecurrentStore(share.Config, slots, planes, format, ring))];
    }

    /// <summary>One per share.</summary>
    public IReadOnlyList<RecurrentStore> Stores { get; }

    /// <summary>Elements of <see cref="Export"/>.</summary>
    public int Length => PlaneLength + (_ring is { } ring ? RingEntries.Length(_config, ring) : 0);

    /// <summary>
    /// A slot's plane as if one share owned it all: conv window <c>[W - 1, C]</c>, then S <c>[Hv, K, V]</c>; with a ring, the
    /// checkpoint and then its entries.
    /// </summary>
    public float[] Export(int slot, int plane, int position)
    {
        var state = new float[Length];
        for (int d = 0; d < _shares.Length; d++)
        {
            RecurrentStore store = Stores[d];
            float[] conv = new float[store.Conv.Length], delta = new float[store.Delta.Length];
            store.Conv.Read(store.Row(slot, plane), conv);
            store.Delta.Read(store.DeltaRow(slot, plane, position), delta);
            _shares[d].PutChannels(conv, state.AsSpan(0, _config.ConvStateLength));
            _shares[d].PutHeads(delta, HeadLength, state.AsSpan(_config.ConvStateLength));
            store.Ring?.Export(slot, store.Ring.Shape.At(position), _shares[d], state.AsSpan(PlaneLength));
        }

        return state;
    }

    /// <summary>Sets a slot's plane 0 to what <see cref="Export"/> has returned, for any number of shares.</summary>
    public void Import(int slot, int position, ReadOnlySpan<float> state)
    {
        for (int d = 0; d < _shares.Length; d++)
        {
            RecurrentStore store = Stores[d];
            float[] conv = new float[store.Conv.Length], delta = new float[store.Delta.Length];
            _shares[d].TakeChannels(state[.._config.ConvStateLength], conv);
            _shares[d].TakeHeads(state[_config.ConvStateLength..], HeadLength, delta);
            store.Conv.Write(store.Row(slot, 0), conv);
            store.Delta.Write(store.DeltaRow(slot, plane: 0, position), delta);
            store.Ring?.Import(slot, store.Ring.Shape.At(position), _shares[d], state[PlaneLength..]);
        }
    }

    private int HeadLength => _config.HeadDim * _config.HeadDim;

    private int PlaneLength => _config.ConvStateLength + _config.DeltaStateLength;
}
