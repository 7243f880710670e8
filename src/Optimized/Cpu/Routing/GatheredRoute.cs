using Gdn.Optimized.Batching;
using Gdn.Optimized.State;

namespace Gdn.Optimized.Cpu.Routing;

/// <summary>
/// Several sequences, by a plan: their rows are gathered side by side, and the planes that the run leaves are scattered
/// to their slots. It trusts the plan, and never looks at the batch.
/// </summary>
internal sealed class GatheredRoute(StatePool pool) : IStateRoute
{
    /// <summary>The plan of the run.</summary>
    public BatchPlan Plan { get; set; } = new(default);

    /// <inheritdoc/>
    public ReadOnlySpan<int> ConvSeqMap => Plan.ConvSeqMap;

    /// <summary>State rows copied out of the pool so far.</summary>
    public long RowsGathered { get; private set; }

    /// <summary>State rows zeroed instead.</summary>
    public long MasksApplied { get; private set; }

    /// <summary>State rows copied back.</summary>
    public long RowsScattered { get; private set; }

    /// <summary>Bytes that all this moved, as single precision.</summary>
    public long BytesCopied { get; private set; }

    /// <inheritdoc/>
    public RecurrentRows Load(int index, int device, Scratch scratch)
    {
        RecurrentStore store = pool.Recurrent(index, device);
        int rows = Plan.TargetRowIdx.Length, planes = Plan.WrittenPlanes;
        // The plane that the first token writes: a run of one plane then works in place on what was gathered.
        int source = planes - 1;
        Span<float> conv = scratch.Take(rows * store.Conv.Length), delta = scratch.Take(rows * store.Delta.Length);
        Gather(store.Conv, conv, source);
        Gather(store.Delta, delta, source);
        int masked = Plan.StateMask.Count(0);
        MasksApplied += masked;
        RowsGathered += Plan.StateMask.Length - masked;
        return new RecurrentRows(conv, delta, planes, source);
    }

    /// <inheritdoc/>
    public void Store(int index, int device, RecurrentRows rows)
    {
        RecurrentStore store = pool.Recurrent(index, device);
        Scatter(rows.Conv, store.Conv);
        Scatter(rows.Delta, store.Delta);
        RowsScattered += Plan.TargetRowIdx.Length;
    }

    private void Gather(StateRows poolRows, Span<float> gathered, int source)
    {
        int length = poolRows.Length;
        for (int s = 0; s < Plan.StateRowIdx.Length; s++)
        {
            Span<float> row = gathered.Slice((s * Plan.WrittenPlanes + source) * length, length);
            // A mask by multiplication would let the NaN of a former tenant through.
            if (Plan.StateMask[s] == 0)
            {
                row.Clear();
                continue;
            }

            poolRows.Read(Plan.StateRowIdx[s], row);
            BytesCopied += length * sizeof(float);
        }
    }

    private void Scatter(ReadOnlySpan<float> gathered, StateRows poolRows)
    {
        int length = poolRows.Length;
        for (int i = 0; i < Plan.TargetRowIdx.Length; i++)
            poolRows.Write(Plan.TargetRowIdx[i], gathered.Slice(i * length, length));
        BytesCopied += gathered.Length * sizeof(float);
    }
}
