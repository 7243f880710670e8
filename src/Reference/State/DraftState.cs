using System.Numerics;

namespace Gdn.Reference.State;

/// <summary>
/// What the draft layers of a model remember of one sequence. Each layer pairs a token with a hidden state of the token
/// before it: the first layer with the trunk's, every further one with that of the layer before. The first token of a
/// sequence has none before it, so layer j begins at position j + 1.
/// </summary>
/// <param name="caches">Keys and values of each draft layer.</param>
public sealed class DraftState<T>(IEnumerable<KeyValueCache<T>> caches) : ILayerState where T : IFloatingPointIeee754<T>
{
    private readonly KeyValueCache<T>[] _caches = [.. caches];
    private readonly List<T[]>[] _hidden = [.. caches.Select(_ => new List<T[]>())];

    /// <summary>D: draft layers.</summary>
    public int Layers => _caches.Length;

    /// <summary>Position of the next token.</summary>
    public int NextPosition { get; private set; }

    /// <summary>Keys and values of a draft layer, from position j + 1 on.</summary>
    public KeyValueCache<T> Cache(int layer) => _caches[layer];

    /// <summary>The hidden state <c>[E]</c> that layer j reads together with the next token; null for the first tokens, which have none.</summary>
    public T[]? HiddenBefore(int layer) => _hidden[layer] is [.., var last] ? last : null;

    /// <summary>Notes the next hidden state that layer j will pair a token with.</summary>
    public void Remember(int layer, T[] hidden) => _hidden[layer].Add(hidden);

    /// <summary>Notes that every layer has taken a token.</summary>
    public void Advance() => NextPosition++;

    /// <inheritdoc/>
    public void Clear()
    {
        foreach (KeyValueCache<T> cache in _caches) cache.Clear();
        foreach (List<T[]> rows in _hidden) rows.Clear();
        NextPosition = 0;
    }

    /// <inheritdoc/>
    public ILayerState Copy()
    {
        var copy = new DraftState<T>(_caches.Select(cache => (KeyValueCache<T>)cache.Copy())) { NextPosition = NextPosition };
        for (int layer = 0; layer < Layers; layer++) copy._hidden[layer].AddRange(_hidden[layer]);
        return copy;
    }

    /// <inheritdoc/>
    public void Rollback(int tokens)
    {
        int left = NextPosition - tokens;
        for (int layer = 0; layer < Layers; layer++)
        {
            _caches[layer].Rollback(Count(NextPosition, layer + 1) - Count(left, layer + 1));
            _hidden[layer].RemoveRange(Count(left, layer), _hidden[layer].Count - Count(left, layer));
        }

        NextPosition = left;
    }

    // How many of that many positions are left if they count from a first one on.
    private static int Count(int positions, int first) => Math.Max(0, positions - first);
}
