namespace Gdn.Harness.Faults.Seamed;

/// <summary>What one pass runs: segments of any length, their tokens one after the other.</summary>
internal sealed class Ubatch
{
    /// <summary>Packs segments.</summary>
    public Ubatch(IReadOnlyList<Segment> segments)
    {
        Segments = segments;
        Starts = new int[segments.Count + 1];
        for (int s = 0; s < segments.Count; s++) Starts[s + 1] = Starts[s] + segments[s].Count;
        Tokens = [.. segments.SelectMany(segment => segment.Tokens)];
    }

    /// <summary>Those of one token first, then the others; each by slot.</summary>
    public IReadOnlyList<Segment> Segments { get; }

    /// <summary>Index of each segment's first token among the packed ones, and their number.</summary>
    public int[] Starts { get; }

    /// <summary>Token ids.</summary>
    public int[] Tokens { get; }

    /// <summary>Whether sequences that decode and others with more tokens come together.</summary>
    public bool IsMixed => Segments.Any(segment => segment.Count == 1) && Segments.Any(segment => segment.Count > 1);
}
