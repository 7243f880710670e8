namespace Gdn.Harness.Models;

/// <summary>What joining two neighbours would give.</summary>
/// <param name="Urgency">How urgent it is, smaller values first.</param>
/// <param name="Piece">The piece that comes of it.</param>
internal readonly record struct Joining(float Urgency, int Piece);

/// <summary>
/// Joins neighbouring pieces, the most urgent pair first, until no pair is left that may be joined. Pieces are numbers, so that n of
/// them take n log n steps, however long the text is that they stand for.
/// </summary>
internal static class PairMerger
{
    private const int Gone = int.MinValue, StepsBetweenLooks = 4096;

    /// <summary>The pieces that remain; of pairs of equal urgency the left one is joined first.</summary>
    /// <param name="pieces">The pieces to start with; used up.</param>
    /// <param name="join">What two pieces give; null where they stay apart.</param>
    /// <param name="cancellation">Ends it.</param>
    public static IEnumerable<int> Merge(int[] pieces, Func<int, int, Joining?> join, CancellationToken cancellation)
    {
        int[] next = [.. Enumerable.Range(1, pieces.Length)], previous = [.. Enumerable.Range(-1, pieces.Length)];
        var pairs = new PriorityQueue<(int Left, int Right, int LeftPiece, int RightPiece, int Joined), (float, int)>();
        void Consider(int left, int right)
        {
            if (left < 0 || right >= pieces.Length) return;
            if (join(pieces[left], pieces[right]) is var (urgency, joined))
                pairs.Enqueue((left, right, pieces[left], pieces[right], joined), (urgency, left));
        }

        for (int i = 1; i < pieces.Length; i++) Consider(i - 1, i);
        for (int step = 0; pairs.TryDequeue(out var pair, out _); step++)
        {
            if (step % StepsBetweenLooks == 0) cancellation.ThrowIfCancellationRequested();
            // One of them has been joined to another piece since.
            if (pieces[pair.Left] != pair.LeftPiece || pieces[pair.Right] != pair.RightPiece) continue;
            pieces[pair.Left] = pair.Joined;
            pieces[pair.Right] = Gone;
            next[pair.Left] = next[pair.Right];
            if (next[pair.Left] < pieces.Length) previous[next[pair.Left]] = pair.Left;
            Consider(previous[pair.Left], pair.Left);
            Consider(pair.Left, next[pair.Left]);
        }

        return pieces.Where(piece => piece != Gone);
    }
}
