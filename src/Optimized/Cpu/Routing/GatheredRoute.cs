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

    /// <inheritdoc/>
    public RecurrentRows Load(int index, Scratch scratch)
    {
        RecurrentStore store = pool.Recurrent(index);
        int rows = Plan.TargetRowIdx.Length, planes = Plan.WrittenPlanes;
        // The plane that the first token writes: a run of one plane then works in place on what was gathered.
        int source = planes - 1;
        Span<float> conv = scratch.Take(rows * store.ConvLength), delta = scratch.Take(rows * store.DeltaLength);
        Gather(store.Conv, store.ConvLength, conv, source);
        Gather(store.Delta, store.DeltaLength, delta, source);
        return new RecurrentRows(conv, delta, planes, source);
    }

    /// <inheritdoc/>
    public void Store(int index, RecurrentRows rows)
    {
        RecurrentStore store = pool.Recurrent(index);
        Scatter(rows.Conv, store.Conv, store.ConvLength);
        Scatter(rows.Delta, store.Delta, store.DeltaLength);
    }

    private void Gather(ReadOnlySpan<float> poolRows, int length, Span<float> gathered, int source)
    {
        for (int s = 0; s < Plan.StateRowIdx.Length; s++)
        {
            Span<float> row = gathered.Slice((s * Plan.WrittenPlanes + source) * length, length);
            // A mask by multiplication would let the NaN of a former tenant through.
            if (Plan.StateMask[s] == 0)
                row.Clear();
            else
                poolRows.Slice(Plan.StateRowIdx[s] * length, length).CopyTo(row);
        }
    }

    private void Scatter(ReadOnlySpan<float> gathered, Span<float> poolRows, int length)
    {
        for (int i = 0; i < Plan.TargetRowIdx.Length; i++)
            gathered.Slice(i * length, length).CopyTo(poolRows.Slice(Plan.TargetRowIdx[i] * length, length));
    }
}
