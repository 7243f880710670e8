using System.Globalization;

namespace Gdn.Reference.Kernels;

/// <summary>Tokens of each sequence of a ragged call; the default, with none, is for calls that are not. Compared by contents.</summary>
public readonly struct SequenceLengths : IEquatable<SequenceLengths>
{
    private readonly int[]? _lengths;

    /// <summary>Takes a copy.</summary>
    public SequenceLengths(params ReadOnlySpan<int> lengths) => _lengths = lengths.ToArray();

    /// <summary>The lengths, in order of sequences.</summary>
    public ReadOnlySpan<int> Values => _lengths;

    /// <summary>Whether there are none.</summary>
    public bool IsEmpty => Values.IsEmpty;

    /// <summary>Tokens of all sequences.</summary>
    public long Total
    {
        get
        {
            long total = 0;
            foreach (int length in Values) total += length;
            return total;
        }
    }

    /// <summary>Tokens of the longest sequence.</summary>
    public int Longest
    {
        get
        {
            int longest = 0;
            foreach (int length in Values) longest = Math.Max(longest, length);
            return longest;
        }
    }

    /// <summary>Where each sequence begins, and where the last one ends: <c>[n_seqs + 1]</c>, or cu_seqlens. Empty where there are none.</summary>
    public int[] Offsets()
    {
        if (IsEmpty) return [];
        var offsets = new int[Values.Length + 1];
        for (int n = 0; n < Values.Length; n++) offsets[n + 1] = offsets[n] + Values[n];
        return offsets;
    }

    /// <summary>Equal lengths in equal order.</summary>
    public static bool operator ==(SequenceLengths left, SequenceLengths right) => left.Equals(right);

    /// <summary>Not equal.</summary>
    public static bool operator !=(SequenceLengths left, SequenceLengths right) => !left.Equals(right);

    /// <inheritdoc/>
    public bool Equals(SequenceLengths other) => Values.SequenceEqual(other.Values);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => obj is SequenceLengths other && Equals(other);

    /// <inheritdoc/>
    public override int GetHashCode()
    {
        var hash = new HashCode();
        foreach (int length in Values) hash.Add(length);
        return hash.ToHashCode();
    }

    /// <summary>For example <c>65+3+17</c>.</summary>
    public override string ToString() =>
        string.Join('+', (_lengths ?? []).Select(length => length.ToString(CultureInfo.InvariantCulture)));
}
