namespace Gdn.Harness.Models;

/// <summary>Joins neighbouring pieces of text, the most urgent pair first, until no pair is left that may be joined.</summary>
internal static class PairMerger
{
    /// <summary>The pieces that remain; of pairs of equal urgency the left one is joined first.</summary>
    /// <param name="pieces">The pieces to start with; their list is used up.</param>
    /// <param name="urgency">How urgent it is to join two pieces, smaller values first; null where they stay apart.</param>
    public static IEnumerable<string> Merge(List<string> pieces, Func<string, string, float?> urgency)
    {
        // A piece joined to its left neighbour becomes empty and leaves the chain.
        int[] next = [.. Enumerable.Range(1, pieces.Count)], previous = [.. Enumerable.Range(-1, pieces.Count)];
        var pairs = new PriorityQueue<(int Left, int Right, int Length), (float, int)>();
        void Consider(int left, int right)
        {
            if (left < 0 || right >= pieces.Count) return;
            if (urgency(pieces[left], pieces[right]) is { } value)
                pairs.Enqueue((left, right, pieces[left].Length + pieces[right].Length), (value, left));
        }

        for (int i = 1; i < pieces.Count; i++) Consider(i - 1, i);
        while (pairs.TryDequeue(out (int Left, int Right, int Length) pair, out _))
        {
            (int left, int right, int length) = pair;
            // One of them has been joined to another piece since.
            if (pieces[left].Length == 0 || pieces[right].Length == 0 || pieces[left].Length + pieces[right].Length != length)
                continue;
            pieces[left] += pieces[right];
            pieces[right] = "";
            next[left] = next[right];
            if (next[left] < pieces.Count) previous[next[left]] = left;
            Consider(previous[left], left);
            Consider(left, next[left]);
        }

        return pieces.Where(piece => piece.Length > 0);
    }
}
