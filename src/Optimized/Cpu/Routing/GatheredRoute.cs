using Gdn.Optimized.Batching;
using Gdn.Optimized.Cpu.Memory;

namespace Gdn.Optimized.Cpu.Routing;

/// <summary>
/// Several sequences, by a plan: their rows are gathered side by side, and the planes that the pass leaves are scattered to
/// their slots.
/// </summary>
internal sealed class GatheredRoute(HostStates states) : IStateRoute
{
    private BatchPlan? _plan;
    private RunLayout? _layout;
    private long _rowsGathered, _masksApplied, _rowsScattered, _bytesCopied;

    /// <summary>What has been copied so far.</summary>
    public CopyCounters Copies => new(_rowsGathered, _masksApplied, _rowsScattered, _bytesCopied);

    /// <summary>Points the route at a pass.</summary>
    public void Set(BatchPlan plan, RunLayout layout) => (_plan, _layout) = (plan, layout);

    /// <inheritdoc/>
    public RecurrentRows Load(int index, int share, Scratch scratch)
    {
        RecurrentStore store = states.Store(index, share);
        BatchPlan plan = _plan!;
        int sequences = plan.DeltaMask.Length, planes = plan.GatheredPlanes;
        // The plane that the longest sequence's first token writes: a pass of one plane then works in place on what was gathered.
        int source = planes - 1;
        Span<float> conv = scratch.Take(sequences * planes * store.Conv.Length);
        Span<float> delta = scratch.Take(sequences * planes * store.Delta.Length);
        for (int s = 0; s < sequences; s++)
        {
            bool masked = plan.DeltaMask[s] == 0;
            Gather(store.Conv, plan.ConvSource[s], plan.ConvMask[s] == 0, Row(conv, store.Conv.Length, s * planes + source));
            Gather(
                store.Delta, plan.DeltaSource[s], masked,
                Row(delta, store.Delta.Length, _layout!.Segments[s].Row * planes + source));
            if (masked) _masksApplied++;
            else _rowsGathered++;
        }

        return new RecurrentRows { Conv = conv, Delta = delta, Planes = planes, ConvSource = source, DeltaSource = source };
    }

    /// <inheritdoc/>
    public void Store(int index, int share, RecurrentRows rows)
    {
        RecurrentStore store = states.Store(index, share);
        BatchPlan plan = _plan!;
        for (int s = 0; s < plan.DeltaMask.Length; s++)
        {
            Scatter(rows.Conv, s * rows.Planes, plan.ConvTargets(s), store.Conv);
            Scatter(rows.Delta, _layout!.Segments[s].Row * rows.Planes, plan.DeltaTargets(s), store.Delta);
            _rowsScattered += plan.DeltaTargets(s).Length;
        }
    }

    private void Gather(StateRows from, int source, bool masked, Span<float> row)
    {
        // A mask by multiplication would let the NaN of a former tenant through.
        if (masked)
        {
            row.Clear();
            return;
        }

        from.Read(source, row);
        _bytesCopied += row.Length * sizeof(float);
    }

    private void Scatter(ReadOnlySpan<float> gathered, int first, ReadOnlySpan<int> targets, StateRows to)
    {
        for (int plane = 0; plane < targets.Length; plane++)
            to.Write(targets[plane], gathered.Slice((first + plane) * to.Length, to.Length));
        _bytesCopied += (long)targets.Length * to.Length * sizeof(float);
    }

    private static Span<float> Row(Span<float> rows, int length, int index) => rows.Slice(index * length, length);
}
