using static System.FormattableString;

namespace Gdn.Harness.Kernels.Cases;

/// <summary>
/// A quiet NaN that says where it was put: arithmetic passes it on with its payload, so a result that holds one tells what was
/// read. Some hardware makes every NaN the same one; then a result is not finite, and no more is known.
/// </summary>
/// <param name="Place">The kind of memory.</param>
/// <param name="Index">The buffer as a number, or the pool row.</param>
internal readonly record struct Poison(PoisonPlace Place, int Index)
{
    // Quiet NaN, then 3 bits that no arithmetic makes, 2 of the place, 17 of the index. Never of signalling NaNs: they change.
    private const uint QuietNaN = 0x7FC00000, Mark = 0b101u << 19, MarkMask = 0b111u << 19, Sign = 1u << 31;
    private const int PlaceShift = 17;
    private const uint IndexMask = (1u << PlaceShift) - 1;

    /// <summary>The NaN's bits.</summary>
    public uint Bits => QuietNaN | Mark | ((uint)Place << PlaceShift) | ((uint)Index & IndexMask);

    /// <summary>The NaN. Copied between floats it keeps its bits.</summary>
    public float Value => BitConverter.UInt32BitsToSingle(Bits);

    private CallBuffer Buffer => (CallBuffer)Index;

    /// <summary>In the guard zone before a buffer.</summary>
    public static Poison InFrontOf(CallBuffer buffer) => new(PoisonPlace.InFront, (int)buffer);

    /// <summary>In the guard zone after a buffer.</summary>
    public static Poison Behind(CallBuffer buffer) => new(PoisonPlace.Behind, (int)buffer);

    /// <summary>In a result before the call.</summary>
    public static Poison Unwritten(CallBuffer buffer) => new(PoisonPlace.Unwritten, (int)buffer);

    /// <summary>In a pool row of no sequence.</summary>
    public static Poison InRow(int row) => new(PoisonPlace.FreeRow, row);

    /// <summary>Which poison a number is, whatever its sign, or null.</summary>
    public static Poison? Of(float x)
    {
        uint bits = BitConverter.SingleToUInt32Bits(x) & ~Sign;
        return (bits & (QuietNaN | MarkMask)) == (QuietNaN | Mark)
            ? new Poison((PoisonPlace)((bits >> PlaceShift) & 0b11), (int)(bits & IndexMask))
            : null;
    }

    /// <summary>The kind alone, without the number of a row: what findings of one bug have in common.</summary>
    public string Kind => Place == PoisonPlace.FreeRow ? "what lies in pool rows of no sequence" : ToString();

    /// <inheritdoc/>
    public override string ToString() => Place switch
    {
        PoisonPlace.InFront => $"what lies in front of {Buffer.Name()}",
        PoisonPlace.Behind => $"what lies behind {Buffer.Name()}",
        PoisonPlace.Unwritten => $"what lay in {Buffer.Name()} before the call",
        _ => Invariant($"what lies in pool row {Index}, of no sequence"),
    };
}

/// <summary>Where poison is put.</summary>
internal enum PoisonPlace
{
    /// <summary>In the guard zone before a buffer.</summary>
    InFront,

    /// <summary>In the guard zone after a buffer.</summary>
    Behind,

    /// <summary>In a result before the call.</summary>
    Unwritten,

    /// <summary>In a pool row of no sequence.</summary>
    FreeRow,
}
