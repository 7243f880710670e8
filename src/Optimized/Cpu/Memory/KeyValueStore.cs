using Gdn.Optimized.Batching;
using Gdn.Reference.Models;
using Gdn.Reference.State;

namespace Gdn.Optimized.Cpu.Memory;

/// <summary>
/// Keys and values of one full-attention layer for every slot. A slot's arrays grow with its longest sequence and are
/// kept for the next one; how many of their entries count is the position of the sequence, so taking tokens back needs
/// nothing here.
/// </summary>
public sealed class KeyValueStore
{
    private const int SmallestCapacity = 16;
    private readonly int _maxPositions;
    private readonly StateFormat _format;
    private readonly float[][] _keys, _values;

    /// <summary>Makes empty caches.</summary>
    public KeyValueStore(AttentionConfig config, int slots, int maxPositions, StateFormat format = StateFormat.F32)
    {
        _maxPositions = maxPositions;
        _format = format;
        KeyLength = config.KeyValueHeads * config.KeyDim;
        ValueLength = config.KeyValueHeads * config.ValueDim;
        _keys = new float[slots][];
        _values = new float[slots][];
        Array.Fill(_keys, []);
        Array.Fill(_values, []);
    }

    /// <summary>Elements per token: G * D.</summary>
    public int KeyLength { get; }

    /// <summary>Elements per token: G * Dv.</summary>
    public int ValueLength { get; }

    /// <summary>Keys of a slot's first tokens <c>[count, G, D]</c>, normalised and rotated.</summary>
    public Span<float> Keys(int slot, int count) => _keys[slot].AsSpan(0, count * KeyLength);

    /// <summary>Values of a slot's first tokens <c>[count, G, Dv]</c>.</summary>
    public Span<float> Values(int slot, int count) => _values[slot].AsSpan(0, count * ValueLength);

    /// <summary>Writes keys and values of the tokens from <paramref name="first"/> on, rounded to the format.</summary>
    public void Write(int slot, int first, ReadOnlySpan<float> keys, ReadOnlySpan<float> values)
    {
        int end = first + keys.Length / KeyLength;
        Write(keys, Keys(slot, end)[(first * KeyLength)..]);
        Write(values, Values(slot, end)[(first * ValueLength)..]);
    }

    /// <summary>Makes room for <paramref name="count"/> tokens, of which those before are kept.</summary>
    public void Reserve(int slot, int count)
    {
        int capacity = _keys[slot].Length / KeyLength;
        if (count <= capacity) return;
        capacity = Math.Min(_maxPositions, Math.Max(count, Math.Max(SmallestCapacity, 2 * capacity)));
        Array.Resize(ref _keys[slot], checked(capacity * KeyLength));
        Array.Resize(ref _values[slot], checked(capacity * ValueLength));
    }

    /// <summary>Adds the keys and values of a run's tokens to those of their slots.</summary>
    /// <param name="layout">The run.</param>
    /// <param name="keys"><c>[n_tokens, G, D]</c>.</param>
    /// <param name="values"><c>[n_tokens, G, Dv]</c>.</param>
    public void Append(RunLayout layout, ReadOnlySpan<float> keys, ReadOnlySpan<float> values)
    {
        for (int s = 0; s < layout.SequenceCount; s++)
        {
            (_, int slot, int first, int count) = layout.Sequences[s];
            Write(
                slot, first, keys.Slice(layout.Starts[s] * KeyLength, count * KeyLength),
                values.Slice(layout.Starts[s] * ValueLength, count * ValueLength));
        }
    }

    /// <summary>Overwrites everything that a slot holds.</summary>
    public void Fill(int slot, float value)
    {
        Array.Fill(_keys[slot], value);
        Array.Fill(_values[slot], value);
    }

    private void Write(ReadOnlySpan<float> source, Span<float> target)
    {
        source.CopyTo(target);
        if (_format == StateFormat.F32) return;
        foreach (ref float entry in target) entry = _format.Round(entry);
    }
}
