namespace Gdn.Harness.Faults.Seamed;

/// <summary>What one pass runs: rows of any length, their tokens one after the other.</summary>
internal sealed class Ubatch
{
    /// <summary>Packs rows.</summary>
    public Ubatch(IReadOnlyList<Row> rows)
    {
        Rows = rows;
        Starts = new int[rows.Count + 1];
        for (int r = 0; r < rows.Count; r++) Starts[r + 1] = Starts[r] + rows[r].Count;
        Tokens = [.. rows.SelectMany(row => row.Tokens)];
    }

    /// <summary>Rows of one token first, then the others; each by slot; then padding.</summary>
    public IReadOnlyList<Row> Rows { get; }

    /// <summary>Index of each row's first token among the packed ones, and their number.</summary>
    public int[] Starts { get; }

    /// <summary>Token ids.</summary>
    public int[] Tokens { get; }

    /// <summary>Whether sequences that decode and others with more tokens come together.</summary>
    public bool IsMixed => Rows.Any(row => row.Count == 1) && Rows.Any(row => row.Count > 1);
}
