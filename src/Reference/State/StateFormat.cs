namespace Gdn.Reference.State;

/// <summary>
/// How an engine keeps delta-rule states between passes. Within a pass they are in single precision; at its end they are
/// rounded, to nearest, ties to even. Conv windows and KV caches are not touched.
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
