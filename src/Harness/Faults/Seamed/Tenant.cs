using Gdn.Reference;
using Gdn.Reference.Models;
using Gdn.Reference.State;

namespace Gdn.Harness.Faults.Seamed;

/// <summary>
/// A living sequence. Its keys and values are its own; of its recurrent state it only knows the slot. That is how real
/// engines are built, and why their attention layers stay right while the linear ones go wrong.
/// </summary>
internal sealed class Tenant(int sequence, int slot, AttentionConfig attention, int attentionLayers)
{
    private KeyValueCache<float>[] _caches =
    [
        .. Enumerable.Range(0, attentionLayers).Select(_ => new KeyValueCache<float>(
            attention.KeyValueHeads * attention.KeyDim, attention.KeyValueHeads * attention.ValueDim)),
    ];

    public int Sequence => sequence;

    public int Slot => slot;

    /// <summary>The tokens so far.</summary>
    public List<int> Tokens { get; private set; } = [];

    /// <summary>Position of the next token.</summary>
    public int Position => Tokens.Count;

    /// <summary>How many tokens can be taken back.</summary>
    public int RollbackLimit { get; set; }

    /// <summary>Keys and values of an attention layer.</summary>
    public KeyValueCache<float> Cache(int layer) => _caches[layer];

    /// <summary>Copies of all keys and values.</summary>
    public KeyValueCache<float>[] CopyCaches() => [.. _caches.Select(cache => (KeyValueCache<float>)cache.Copy())];

    /// <summary>Sets tokens, keys and values.</summary>
    public void Set(IEnumerable<int> tokens, IEnumerable<KeyValueCache<float>> caches)
    {
        Tokens = [.. tokens];
        _caches = [.. caches.Select(cache => (KeyValueCache<float>)cache.Copy())];
        RollbackLimit = 0;
    }

    /// <summary>Forgets the last tokens, with their keys and values.</summary>
    public void Truncate(int count)
    {
        Tokens.RemoveRange(Tokens.Count - count, count);
        foreach (KeyValueCache<float> cache in _caches) cache.Rollback(count);
    }

    /// <summary>Checks that tokens can be taken back.</summary>
    /// <exception cref="InputException">More than <see cref="RollbackLimit"/>, or negative.</exception>
    public void CheckRollback(int count)
    {
        if (count < 0 || count > RollbackLimit)
            throw new InputException(
                "rollback", $"{count} tokens cannot be rolled back, at most {RollbackLimit}",
                "roll back within the last batch, or keep more planes");
    }
}
