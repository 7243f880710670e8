using Gdn.Reference.Batches;

namespace Gdn.Harness.Faults.Seamed;

/// <summary>
/// Cuts a batch into ubatches. With K planes the last K tokens of a sequence come on their own, since the state after each
/// of them is kept, and those before in pieces; the n-th piece of every sequence runs in the n-th ubatch. Ubatches of single
/// tokens are padded to a size that plans are likely to exist for.
/// </summary>
internal sealed class UbatchCutter(Pool pool, Routing routing)
{
    /// <summary>Most tokens of one sequence in a ubatch.</summary>
    public const int MaxRowTokens = 32;

    /// <summary>Cuts a batch.</summary>
    /// <param name="batch">The batch.</param>
    /// <param name="tenantOf">Knows the living sequences.</param>
    public IReadOnlyList<Ubatch> Cut(TokenBatch batch, Func<int, Tenant> tenantOf)
    {
        SequenceDecomposition decomposition = SequenceDecomposition.Of(batch);
        var steps = new List<List<Row>>();
        foreach (SequenceSlice slice in decomposition.Slices)
        {
            Tenant tenant = tenantOf(slice.Sequence);
            int[] members = decomposition.Order.Slice(slice.Start, slice.Count).ToArray();
            int kept = pool.Planes > 1 ? Math.Min(slice.Count, pool.Planes) : 0;
            int done = 0;
            for (int step = 0; done < slice.Count; step++)
            {
                int before = slice.Count - kept - done;
                int count = before > 0 ? Math.Min(before, MaxRowTokens) : kept;
                int[] index = members[done..(done + count)];
                if (steps.Count == step) steps.Add([]);
                steps[step].Add(new Row(
                    tenant, tenant.Slot, slice.FirstPosition + done, [.. index.Select(i => batch.Tokens[i].Token)], index,
                    Planes: before > 0 ? 1 : count));
                done += count;
            }
        }

        return [.. steps.SelectMany(rows => routing.Group(
            [.. rows.OrderBy(row => row.Count > 1).ThenBy(row => row.Slot)])).Select(Pad)];
    }

    private Ubatch Pad(IReadOnlyList<Row> rows)
    {
        if (rows.Any(row => row.Count > 1)) return new Ubatch(rows);
        IEnumerable<Row> padding = Enumerable.Range(rows.Count, routing.PaddedRows(rows.Count) - rows.Count)
            .Select(row => new Row(null, routing.PaddingSlot(row, pool.DummySlot), 0, [0], [], 1));
        return new Ubatch([.. rows, .. padding]);
    }
}
