namespace Gdn.Reference.State;

/// <summary>
/// How an engine keeps numbers, rounded to nearest, ties to even. Delta-rule states are in single precision within a pass, and
/// rounded at its end; keys and values are rounded when they enter the cache. Conv windows are never touched.
/// </summary>
public enum StateFormat
{
    /// <summary>Single precision: nothing is rounded.</summary>
    F32,

    /// <summary>bfloat16: 8 significant bits, the range of single precision.</summary>
    BF16,

    /// <summary>IEEE half: 11 significant bits; beyond 65504 infinite.</summary>
    F16,
}

/// <summary>Conversions.</summary>
public static class StateFormats
{
    /// <summary>The value as the format keeps it.</summary>
    public static float Round(this StateFormat format, float value) => format switch
    {
        StateFormat.BF16 => FromBFloat16(ToBFloat16(value)),
        StateFormat.F16 => (float)(Half)value,
        _ => value,
    };

    /// <summary>The upper half of a float, rounded to nearest even; NaN stays NaN.</summary>
    public static ushort ToBFloat16(float value)
    {
        uint bits = BitConverter.SingleToUInt32Bits(value);
        return float.IsNaN(value) ? (ushort)((bits >> 16) | 0x40) : (ushort)((bits + 0x7FFF + ((bits >> 16) & 1)) >> 16);
    }

    /// <summary>The float with that upper half.</summary>
    public static float FromBFloat16(ushort value) => BitConverter.UInt32BitsToSingle((uint)value << 16);
}
