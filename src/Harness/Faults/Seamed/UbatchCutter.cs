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

    /// <summary>Cuts a batch.</summary>
    /// <param name="batch">The batch.</param>
    /// <param name="tenantOf">Knows the living sequences.</param>
    public IReadOnlyList<Ubatch> Cut(TokenBatch batch, Func<int, Tenant> tenantOf)
    {
        SequenceDecomposition decomposition = SequenceDecomposition.Of(batch);
        var steps = new List<List<Segment>>();
        foreach (SequenceSlice slice in decomposition.Slices)
        {
            Tenant tenant = tenantOf(slice.Sequence);
            int[] members = decomposition.Order.Slice(slice.Start, slice.Count).ToArray();
            int kept = pool.Planes > 1 ? Math.Min(slice.Count, pool.Planes) : 0;
            int done = 0;
            for (int step = 0; done < slice.Count; step++)
            {
                int before = slice.Count - kept - done;
                int count = before > 0 ? Math.Min(before, MaxSegmentTokens) : kept;
                int[] index = members[done..(done + count)];
                if (steps.Count == step) steps.Add([]);
                steps[step].Add(new Segment(
                    tenant, slice.FirstPosition + done, [.. index.Select(i => batch.Tokens[i].Token)], index,
                    Planes: before > 0 ? 1 : count));
                done += count;
            }
        }

        return [.. steps.Select(segments => new Ubatch(
            [.. segments.OrderBy(segment => segment.Count > 1).ThenBy(segment => segment.Slot)]))];
    }
}
