using Gdn.Optimized.Batching;
using Gdn.Reference.Models;

namespace Gdn.Harness.Bleed.Oracle;

/// <summary>Puts parts of one sequence's state in place of another's.</summary>
/// <param name="config">Sizes of the model.</param>
internal sealed class StateSplice(ModelConfig config)
{
    private readonly int _window = config.DeltaNet?.ConvStateLength ?? 0;
    private readonly int _key = config.Attention.KeyValueHeads * config.Attention.KeyDim;
    private readonly int _value = config.Attention.KeyValueHeads * config.Attention.ValueDim;

    /// <summary>A state with parts of another.</summary>
    /// <param name="own">The state.</param>
    /// <param name="other">The other; null for one that is all zero.</param>
    /// <param name="parts">What is taken from it. Keys and values are, as far as both reach.</param>
    public SlotSnapshot Of(SlotSnapshot own, SlotSnapshot? other, SequenceParts parts)
    {
        if (parts == SequenceParts.Everything && other is not null) return other;
        float[][] recurrent = [.. own.Recurrent.Select((state, layer) => Recurrent(state, other?.Recurrent[layer], parts))];
        float[][] attention = parts.HasFlag(SequenceParts.Caches) && other is not null
            ? [.. own.Attention.Select((cache, layer) =>
                Caches(cache, own.NextPosition, other.Attention[layer], other.NextPosition))]
            : [.. own.Attention];
        return new SlotSnapshot(own.NextPosition, recurrent, attention);
    }

    // Conv window [W - 1, C], then S [Hv, K, V].
    private float[] Recurrent(float[] own, float[]? other, SequenceParts parts)
    {
        float[] spliced = [.. own];
        Take(SequenceParts.Conv, 0, _window);
        Take(SequenceParts.Delta, _window, own.Length - _window);
        return spliced;

        void Take(SequenceParts part, int start, int length)
        {
            if (!parts.HasFlag(part)) return;
            if (other is null) spliced.AsSpan(start, length).Clear();
            else other.AsSpan(start, length).CopyTo(spliced.AsSpan(start));
        }
    }

    // Keys [n, G, D], then values [n, G, Dv].
    private float[] Caches(float[] own, int ownTokens, float[] other, int otherTokens)
    {
        float[] spliced = [.. own];
        int tokens = Math.Min(ownTokens, otherTokens);
        other.AsSpan(0, tokens * _key).CopyTo(spliced);
        other.AsSpan(otherTokens * _key, tokens * _value).CopyTo(spliced.AsSpan(ownTokens * _key));
        return spliced;
    }
}
