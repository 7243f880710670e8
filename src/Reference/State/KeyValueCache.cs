using System.Numerics;
using System.Runtime.InteropServices;

namespace Gdn.Reference.State;

/// <summary>State of one full-attention layer: keys and values of every token so far.</summary>
/// <param name="keyLength">Elements per token: G * D.</param>
/// <param name="valueLength">Elements per token: G * Dv.</param>
/// <param name="format">In which keys and values are kept: rounded when they are added.</param>
public sealed class KeyValueCache<T>(int keyLength, int valueLength, StateFormat format = StateFormat.F32)
    : ILayerState where T : IFloatingPointIeee754<T>
{
    private readonly List<T> _keys = [], _values = [];

    /// <summary>Keys <c>[n, G, D]</c>, normalised and rotated.</summary>
    public ReadOnlySpan<T> Keys => CollectionsMarshal.AsSpan(_keys);

    /// <summary>Values <c>[n, G, Dv]</c>.</summary>
    public ReadOnlySpan<T> Values => CollectionsMarshal.AsSpan(_values);

    /// <summary>Adds one token.</summary>
    public void Append(ReadOnlySpan<T> key, ReadOnlySpan<T> value)
    {
        Append(_keys, key);
        Append(_values, value);
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
        var copy = new KeyValueCache<T>(keyLength, valueLength, format);
        copy.Append(Keys, Values);
        return copy;
    }

    /// <inheritdoc/>
    public void Rollback(int tokens)
    {
        _keys.RemoveRange(_keys.Count - tokens * keyLength, tokens * keyLength);
        _values.RemoveRange(_values.Count - tokens * valueLength, tokens * valueLength);
    }

    private void Append(List<T> cache, ReadOnlySpan<T> entries)
    {
        if (format == StateFormat.F32) cache.AddRange(entries);
        else foreach (T entry in entries) cache.Add(T.CreateChecked(format.Round(float.CreateChecked(entry))));
    }
}
