namespace Gdn.Reference.Gguf;

/// <summary>How a tensor's elements are stored; the number is the one in the file.</summary>
/// <remarks>Source: <c>ggml.h</c>, <c>enum ggml_type</c>, of ggml 0.25.1. Other numbers occur in files of forks.</remarks>
public enum GgmlType
{
    /// <summary>32-bit float.</summary>
    F32 = 0,

    /// <summary>16-bit float.</summary>
    F16 = 1,

    /// <summary>4 bits, one scale per 32.</summary>
    Q40 = 2,

    /// <summary>4 bits, scale and minimum per 32.</summary>
    Q41 = 3,

    /// <summary>5 bits, one scale per 32.</summary>
    Q50 = 6,

    /// <summary>5 bits, scale and minimum per 32.</summary>
    Q51 = 7,

    /// <summary>8 bits, one scale per 32.</summary>
    Q80 = 8,

    /// <summary>8 bits, scale and sum per 32.</summary>
    Q81 = 9,

    /// <summary>2 bits in superblocks of 256.</summary>
    Q2K = 10,

    /// <summary>3 bits in superblocks of 256.</summary>
    Q3K = 11,

    /// <summary>4 bits in superblocks of 256.</summary>
    Q4K = 12,

    /// <summary>5 bits in superblocks of 256.</summary>
    Q5K = 13,

    /// <summary>6 bits in superblocks of 256.</summary>
    Q6K = 14,

    /// <summary>8 bits in superblocks of 256.</summary>
    Q8K = 15,

    /// <summary>About 2.06 bits, grid.</summary>
    IQ2XXS = 16,

    /// <summary>About 2.31 bits, grid.</summary>
    IQ2XS = 17,

    /// <summary>About 3.06 bits, grid.</summary>
    IQ3XXS = 18,

    /// <summary>About 1.56 bits, grid.</summary>
    IQ1S = 19,

    /// <summary>4 bits on a non-linear scale, per 32.</summary>
    IQ4NL = 20,

    /// <summary>About 3.44 bits, grid.</summary>
    IQ3S = 21,

    /// <summary>About 2.56 bits, grid.</summary>
    IQ2S = 22,

    /// <summary>4 bits on a non-linear scale in superblocks of 256.</summary>
    IQ4XS = 23,

    /// <summary>8-bit integer.</summary>
    I8 = 24,

    /// <summary>16-bit integer.</summary>
    I16 = 25,

    /// <summary>32-bit integer.</summary>
    I32 = 26,

    /// <summary>64-bit integer.</summary>
    I64 = 27,

    /// <summary>64-bit float.</summary>
    F64 = 28,

    /// <summary>About 1.75 bits, grid.</summary>
    IQ1M = 29,

    /// <summary>The upper half of a 32-bit float.</summary>
    BF16 = 30,

    /// <summary>Ternary, about 1.69 bits.</summary>
    TQ10 = 34,

    /// <summary>Ternary, about 2.06 bits.</summary>
    TQ20 = 35,

    /// <summary>4-bit float, microscaling, per 32.</summary>
    MXFP4 = 39,

    /// <summary>4-bit float with 8-bit float scales, per 64.</summary>
    NVFP4 = 40,

    /// <summary>1 bit, one scale per 128.</summary>
    Q10 = 41,

    /// <summary>2 bits, one scale per 64.</summary>
    Q20 = 42,
}
