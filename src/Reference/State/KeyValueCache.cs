using System.Numerics;
using System.Runtime.InteropServices;

namespace Gdn.Reference.State;

/// <summary>State of one full-attention layer: keys and values of every token so far.</summary>
/// <param name="keyLength">Elements per token: G * D.</param>
/// <param name="valueLength">Elements per token: G * Dv.</param>
public sealed class KeyValueCache<T>(int keyLength, int valueLength) : ILayerState where T : IFloatingPointIeee754<T>
{
    private readonly List<T> _keys = [], _values = [];

    /// <summary>Keys <c>[n, G, D]</c>, normalised and rotated.</summary>
    public ReadOnlySpan<T> Keys => CollectionsMarshal.AsSpan(_keys);

    /// <summary>Values <c>[n, G, Dv]</c>.</summary>
    public ReadOnlySpan<T> Values => CollectionsMarshal.AsSpan(_values);

    /// <summary>Adds one token.</summary>
    public void Append(ReadOnlySpan<T> key, ReadOnlySpan<T> value)
    {
        _keys.AddRange(key);
        _values.AddRange(value);
    }

    /// <inheritdoc/>
    public void Clear()
    {
        _keys.Clear();
        _values.Clear();
    }

    /// <inheritdoc/>
    public ILayerState Copy()
    {
        var copy = new KeyValueCache<T>(keyLength, valueLength);
        copy.Append(Keys, Values);
        return copy;
    }

    /// <inheritdoc/>
    public void Rollback(int tokens)
    {
        _keys.RemoveRange(_keys.Count - tokens * keyLength, tokens * keyLength);
        _values.RemoveRange(_values.Count - tokens * valueLength, tokens * valueLength);
    }
}
