using Gdn.Reference.Models;
using Gdn.Reference.State;

namespace Gdn.Optimized.Cpu.Memory;

/// <summary>
/// Recurrent state of one linear layer, or of one share of it, for every slot. Row <c>slot * planes + plane</c>
/// is the state as it was <c>plane</c> tokens before the end of the slot's last run.
/// </summary>
public sealed class RecurrentStore
{
    private readonly int _planes;

    /// <summary>Makes the rows, all zero.</summary>
    public RecurrentStore(DeltaNetConfig config, int slots, int planes, StateFormat format = StateFormat.F32)
    {
        _planes = planes;
        Conv = new StateRows(checked(slots * planes), config.ConvStateLength);
        Delta = new StateRows(checked(slots * planes), config.DeltaStateLength, format);
    }

    /// <summary>Conv windows <c>[slots, planes][W - 1, C]</c>.</summary>
    public StateRows Conv { get; }

    /// <summary>S <c>[slots, planes][Hv, K, V]</c>.</summary>
    public StateRows Delta { get; }

    /// <summary>The row of a slot's plane.</summary>
    public int Row(int slot, int plane) => slot * _planes + plane;

    /// <summary>A slot's own rows, for a run in place.</summary>
    public RecurrentRows InPlace(int slot, int convPlane, int deltaPlane) => new()
    {
        Conv = Conv.InPlace(Row(slot, 0), _planes),
        Delta = Delta.InPlace(Row(slot, 0), _planes),
        Planes = _planes,
        ConvSource = convPlane,
        DeltaSource = deltaPlane,
    };

    /// <summary>Copies a row to another.</summary>
    public void Copy(int source, int target)
    {
        Conv.Copy(source, target);
        Delta.Copy(source, target);
    }

    /// <summary>Sets all elements of consecutive rows.</summary>
    public void Fill(int first, int count, float value)
    {
        Conv.Fill(first, count, value);
        Delta.Fill(first, count, value);
    }
}
