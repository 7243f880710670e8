using Gdn.Reference.Batches;

namespace Gdn.Harness.Faults.Seamed;

/// <summary>
/// Cuts a batch into ubatches. With P planes the last P tokens of a sequence come on their own, since the state after each
/// of them is kept, and those before in pieces; the n-th piece of every sequence runs in the n-th ubatch.
/// </summary>
internal sealed class UbatchCutter(StatePool pool)
{
    /// <summary>Most tokens of one sequence in a ubatch.</summary>
    public const int MaxSegmentTokens = 32;

    /// <summary>All tokens of each sequence in a batch.</summary>
    /// <param name="batch">The batch.</param>
    /// <param name="tenantOf">Knows the living sequences.</param>
    public IReadOnlyList<Segment> Rows(TokenBatch batch, Func<int, Tenant> tenantOf)
    {
        SequenceDecomposition decomposition = SequenceDecomposition.Of(batch);
        var rows = new List<Segment>();
        foreach (SequenceSlice slice in decomposition.Slices)
        {
            int[] members = decomposition.Order.Slice(slice.Start, slice.Count).ToArray();
            rows.Add(new Segment(
                tenantOf(slice.Sequence), slice.FirstPosition, [.. members.Select(i => batch.Tokens[i].Token)], members,
                Planes: Math.Min(slice.Count, pool.Planes)));
        }

        return rows;
    }

    /// <summary>Cuts the rows of a batch.</summary>
    public IReadOnlyList<Ubatch> Cut(IReadOnlyList<Segment> rows)
    {
        var steps = new List<List<Segment>>();
        foreach (Segment row in rows)
        {
            int kept = pool.Planes > 1 ? row.Planes : 0;
            int done = 0;
            for (int step = 0; done < row.Count; step++)
            {
                int before = row.Count - kept - done;
                int count = before > 0 ? Math.Min(before, MaxSegmentTokens) : kept;
                if (steps.Count == step) steps.Add([]);
                steps[step].Add(row with
                {
                    Position = row.Position + done,
                    Tokens = row.Tokens[done..(done + count)],
                    BatchIndex = row.BatchIndex[done..(done + count)],
                    Planes = before > 0 ? 1 : count,
                });
                done += count;
            }
        }

        return [.. steps.Select(segments => new Ubatch(
            [.. segments.OrderBy(segment => segment.Count > 1).ThenBy(segment => segment.Slot)]))];
    }
}
