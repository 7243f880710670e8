namespace Gdn.Harness.Bleed.Oracle;

/// <summary>What a pass runs: of each sequence, by its number, how many tokens, and whether it starts with them.</summary>
/// <param name="Rows">The sequences.</param>
internal sealed record PassLayout(IReadOnlyList<(int Sequence, int Tokens, bool Starts)> Rows)
{
    /// <summary>Its shape: numbers of tokens alone.</summary>
    public string Shape => string.Join(',', Rows.Select(row => row.Tokens));

    /// <inheritdoc/>
    public bool Equals(PassLayout? other) => other is not null && Rows.SequenceEqual(other.Rows);

    /// <inheritdoc/>
    public override int GetHashCode() => Rows.Aggregate(0, HashCode.Combine);
}
