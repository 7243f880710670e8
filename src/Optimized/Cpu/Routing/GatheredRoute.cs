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
    public ReadOnlySpan<SequenceRoute> Routes => _plan!.Signature.Routes;

    /// <inheritdoc/>
    public PlaneRows LoadConv(int index, int share, Scratch scratch)
    {
        PlaneRows rows = Take(states.Store(index, share).Conv, scratch);
        for (int s = 0; s < _plan!.ConvMask.Length; s++)
        {
            bool masked = _plan.ConvMask[s] == 0;
            Gather(states.Store(index, share).Conv, _plan.ConvSource[s], masked, rows, s);
            if (masked) _masksApplied++;
            else _rowsGathered++;
        }

        return rows;
    }

    /// <inheritdoc/>
    public void StoreConv(int index, int share, PlaneRows rows)
    {
        for (int s = 0; s < _plan!.ConvMask.Length; s++)
        {
            Scatter(rows, s, _plan.ConvTargets(s), states.Store(index, share).Conv);
            _rowsScattered += _plan.ConvTargets(s).Length;
        }
    }

    /// <inheritdoc/>
    public PlaneRows LoadDelta(int index, int share, Scratch scratch)
    {
        PlaneRows rows = Take(states.Store(index, share).Delta, scratch);
        for (int s = 0; s < _plan!.DeltaMask.Length; s++)
            Gather(
                states.Store(index, share).Delta, _plan.DeltaSource[s], _plan.DeltaMask[s] == 0, rows, _layout!.Segments[s].Row);
        return rows;
    }

    /// <inheritdoc/>
    public void StoreDelta(int index, int share, PlaneRows rows)
    {
        for (int s = 0; s < _plan!.DeltaMask.Length; s++)
            Scatter(rows, _layout!.Segments[s].Row, _plan.DeltaTargets(s), states.Store(index, share).Delta);
    }

    // Planes for all sequences of the pass. The source is the plane that the longest sequence's first token writes: a pass of one
    // plane then works in place on what was gathered.
    private PlaneRows Take(StateRows from, Scratch scratch)
    {
        int planes = _plan!.GatheredPlanes;
        return new PlaneRows
        {
            Rows = scratch.Take(_plan.DeltaMask.Length * planes * from.Length),
            Planes = planes,
            Source = planes - 1,
        };
    }

    private void Gather(StateRows from, int source, bool masked, PlaneRows rows, int sequence)
    {
        Span<float> row = rows.Rows.Slice((sequence * rows.Planes + rows.Source) * from.Length, from.Length);
        // A mask by multiplication would let the NaN of a former tenant through.
        if (masked)
        {
            row.Clear();
            return;
        }

        from.Read(source, row);
        _bytesCopied += row.Length * sizeof(float);
    }

    private void Scatter(PlaneRows rows, int sequence, ReadOnlySpan<int> targets, StateRows to)
    {
        for (int plane = 0; plane < targets.Length; plane++)
            to.Write(targets[plane], rows.Rows.Slice((sequence * rows.Planes + plane) * to.Length, to.Length));
        _bytesCopied += (long)targets.Length * to.Length * sizeof(float);
    }
}
