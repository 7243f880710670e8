namespace Gdn.Reference.Gguf.Quantization;

/// <summary>The 4-bit floats of MXFP4 and NVFP4: sign, 2 bits of exponent, 1 of fraction.</summary>
internal static class Fp4
{
    /// <summary>Twice the value of each code, a whole number; code 8 is a zero without sign.</summary>
    public static ReadOnlySpan<sbyte> Doubled => [0, 1, 2, 3, 4, 6, 8, 12, 0, -1, -2, -3, -4, -6, -8, -12];
}
