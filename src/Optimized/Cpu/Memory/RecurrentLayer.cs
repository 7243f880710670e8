using Gdn.Reference.Models;
using Gdn.Reference.State;

namespace Gdn.Optimized.Cpu.Memory;

/// <summary>Recurrent state of one linear layer: a store per share, each for the heads that the share owns.</summary>
public sealed class RecurrentLayer
{
    private readonly DeltaNetConfig _config;
    private readonly HeadShare[] _shares;

    /// <summary>Makes the stores, all zero.</summary>
    /// <param name="config">The layer.</param>
    /// <param name="shares">Which heads each share owns.</param>
    public RecurrentLayer(DeltaNetConfig config, HeadShare[] shares, int slots, int planes, StateFormat format)
    {
        _config = config;
        _shares = shares;
        Stores = [.. shares.Select(share => new RecurrentStore(share.Config, slots, planes, format))];
    }

    /// <summary>One per share.</summary>
    public IReadOnlyList<RecurrentStore> Stores { get; }

    /// <summary>Elements of <see cref="Export"/>.</summary>
    public int Length => _config.ConvStateLength + _config.DeltaStateLength;

    /// <summary>A slot's plane as if one share owned it all: conv window <c>[W - 1, C]</c>, then S <c>[Hv, K, V]</c>.</summary>
    public float[] Export(int slot, int plane)
    {
        var state = new float[Length];
        for (int d = 0; d < _shares.Length; d++)
        {
            RecurrentStore store = Stores[d];
            float[] conv = new float[store.Conv.Length], delta = new float[store.Delta.Length];
            store.Conv.Read(store.Row(slot, plane), conv);
            store.Delta.Read(store.Row(slot, plane), delta);
            _shares[d].PutChannels(conv, state.AsSpan(0, _config.ConvStateLength));
            _shares[d].PutHeads(delta, HeadLength, state.AsSpan(_config.ConvStateLength));
        }

        return state;
    }

    /// <summary>Sets a slot's plane 0 to what <see cref="Export"/> has returned, for any number of shares.</summary>
    public void Import(int slot, ReadOnlySpan<float> state)
    {
        for (int d = 0; d < _shares.Length; d++)
        {
            RecurrentStore store = Stores[d];
            float[] conv = new float[store.Conv.Length], delta = new float[store.Delta.Length];
            _shares[d].TakeChannels(state[.._config.ConvStateLength], conv);
            _shares[d].TakeHeads(state[_config.ConvStateLength..], HeadLength, delta);
            store.Conv.Write(store.Row(slot, 0), conv);
            store.Delta.Write(store.Row(slot, 0), delta);
        }
    }

    private int HeadLength => _config.HeadDim * _config.HeadDim;
}
