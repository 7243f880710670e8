using Gdn.Reference.Models;

namespace Gdn.Optimized.State;

/// <summary>
/// Recurrent state of one linear layer for every slot. Row <c>slot * planes + plane</c> is the state as it was
/// <c>plane</c> tokens before the end of the slot's last run.
/// </summary>
public sealed class RecurrentStore
{
    private readonly int _planes;

    /// <summary>Makes the rows, all zero.</summary>
    public RecurrentStore(DeltaNetConfig config, int slots, int planes)
    {
        _planes = planes;
        ConvLength = config.ConvStateLength;
        DeltaLength = config.DeltaStateLength;
        Conv = new float[checked(slots * planes * ConvLength)];
        Delta = new float[checked(slots * planes * DeltaLength)];
    }

    /// <summary>Elements of a row of <see cref="Conv"/>.</summary>
    public int ConvLength { get; }

    /// <summary>Elements of a row of <see cref="Delta"/>.</summary>
    public int DeltaLength { get; }

    /// <summary>Conv windows <c>[slots, planes, W - 1, C]</c>.</summary>
    public float[] Conv { get; }

    /// <summary>S <c>[slots, planes, Hv, K, V]</c>.</summary>
    public float[] Delta { get; }

    /// <summary>A slot's own rows, for a run in place.</summary>
    public RecurrentRows Rows(int slot, int livePlane) => new(
        Conv.AsSpan(slot * _planes * ConvLength, _planes * ConvLength),
        Delta.AsSpan(slot * _planes * DeltaLength, _planes * DeltaLength),
        _planes, livePlane);

    /// <summary>The conv window in one row.</summary>
    public Span<float> ConvRow(int slot, int plane) => Conv.AsSpan((slot * _planes + plane) * ConvLength, ConvLength);

    /// <summary>S in one row.</summary>
    public Span<float> DeltaRow(int slot, int plane) =>
        Delta.AsSpan((slot * _planes + plane) * DeltaLength, DeltaLength);
}
