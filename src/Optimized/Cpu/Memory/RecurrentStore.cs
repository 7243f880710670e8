using Gdn.Optimized.Batching;
using Gdn.Reference.Models;
using Gdn.Reference.State;

namespace Gdn.Optimized.Cpu.Memory;

/// <summary>
/// Recurrent state of one linear layer, or of one share of it, for every slot. Row <c>slot * planes + plane</c> is the state as it
/// was <c>plane</c> tokens before the end of the slot's last run. With a ring that holds of conv windows only: S has a row for each
/// checkpoint, and entries beside it.
/// </summary>
public sealed class RecurrentStore
{
    private readonly int _planes, _deltaRows;

    /// <summary>Makes the rows, all zero.</summary>
    public RecurrentStore(
        DeltaNetConfig config, int slots, int planes, StateFormat format = StateFormat.F32, RingShape? ring = null)
    {
        _planes = planes;
        _deltaRows = ring?.Checkpoints ?? planes;
        Conv = new StateRows(checked(slots * planes), config.ConvStateLength);
        Delta = new StateRows(checked(slots * _deltaRows), config.DeltaStateLength, format);
        Ring = ring is { } shape ? new RingEntries(config, shape, slots) : null;
    }

    /// <summary>Conv windows <c>[slots, planes][W - 1, C]</c>.</summary>
    public StateRows Conv { get; }

    /// <summary>S <c>[slots, planes][Hv, K, V]</c>, or <c>[slots, checkpoints][Hv, K, V]</c>.</summary>
    public StateRows Delta { get; }

    /// <summary>What S has more than its checkpoints; null for planes.</summary>
    public RingEntries? Ring { get; }

    /// <summary>The row of a slot's plane.</summary>
    public int Row(int slot, int plane) => slot * _planes + plane;

    /// <summary>The row of S that a sequence goes on from.</summary>
    /// <param name="slot">Its slot.</param>
    /// <param name="plane">The plane it is at, where there are planes.</param>
    /// <param name="position">Its position.</param>
    public int DeltaRow(int slot, int plane, int position) =>
        slot * _deltaRows + (Ring is null ? plane : Ring.Shape.Checkpoint(Ring.Shape.At(position)));

    /// <summary>Sets plane 0 of a slot, and what its ring holds at that position, to a plane of another.</summary>
    public void Copy(int source, int plane, int target, int position)
    {
        Conv.Copy(Row(source, plane), Row(target, 0));
        Delta.Copy(DeltaRow(source, plane, position), DeltaRow(target, 0, position));
        Ring?.Copy(source, target);
    }

    /// <summary>Sets everything that a slot holds.</summary>
    public void Fill(int slot, float value)
    {
        Conv.Fill(Row(slot, 0), _planes, value);
        Delta.Fill(slot * _deltaRows, _deltaRows, value);
        Ring?.Fill(slot, value);
    }

    /// <summary>Sets plane 0 to zero; what a ring holds is cleared by the pass in which a sequence starts.</summary>
    public void Zero(int slot)
    {
        Conv.Fill(Row(slot, 0), count: 1, 0);
        if (Ring is null) Delta.Fill(Row(slot, 0), count: 1, 0);
    }
}
